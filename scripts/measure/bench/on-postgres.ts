/**
 * `npm run bench -- --postgres URL`: three calls that read twenty rows of a real server, by HTTP through the
 * local endpoint and by TCP, and the same rows by other MCP servers. Reads are audited, nothing is cached.
 */

import { fileURLToPath } from 'node:url'
import { sourceIdentityKey } from '../../../src/infra/identity-key.ts'
import { type Beside, openBeside } from './beside.ts'
import { bundle } from './bundle.ts'
import { type Database, startDatabase, startPooler, tcpUrl } from './database.ts'
import { callRequest, makeIdentity, TASKS } from './fixture.ts'
import { type Generator, median, rotated, startGenerator } from './generator.ts'
import type { Measured } from './load.ts'
import type { BenchPlan, Defer } from './measure.ts'
import { type ServerCpu, serverCpu } from './server-cpu.ts'
import { NO_VIEWS, SOURCE, VIEWS } from './tasks-source.ts'
import { type RunningWorker, startWorker } from './workerd.ts'

export interface PostgresBench {
  readonly ownerUrl: string
  /** NAME=URL each. */
  readonly beside: readonly string[]
  /** By TCP through PgBouncer in transaction mode as well. */
  readonly pgbouncer: boolean
  readonly plan: BenchPlan
  readonly directory: string
  readonly defer: Defer
}

const CONNECTIONS = [8, 1]

const SCOPES = ['tasks:read', 'sql:read', 'rows:read']
const ROWS = `select id, title, description, completed, created_at, updated_at from tasks order by id desc limit ${TASKS}`

const CALLS: readonly (readonly [tool: string, args: object])[] = [
  ['list_tasks', { limit: TASKS }],
  ['query', { sql: ROWS }],
  ['find_rows', { table: 'tasks', limit: TASKS }],
]

interface Contestant {
  readonly name: string
  readonly port: number
  readonly request: string
  /** Of the Worker; absent for another server. */
  readonly worker?: RunningWorker
}

export async function measurePostgres(options: PostgresBench): Promise<void> {
  const { plan, defer } = options
  const { token, settings, close } = await makeIdentity(SCOPES)
  defer(close)
  const database = await openDatabase(options, settings.IDENTITY_KEY)
  const others = await Promise.all(options.beside.map((given) => openBeside(given, ROWS)))
  const workers = await startWorkers(options, settings, database)
  const generator = startGenerator()
  defer(async () => generator.stop())
  const cpu = await serverCpu(database.endpoint.owner)
  for (const [tool, args] of CALLS) {
    const request = callRequest(tool, args, token)
    const contestants = [
      ...workers.map((each) => ({ ...each, port: each.worker.port, request })),
      ...others.map(({ name, port, request: theirs }: Beside) => ({ name, port, request: theirs })),
    ]
    for (const each of contestants) await refuseOtherRows(each)
    for (const connections of CONNECTIONS) {
      const figures = await race({ generator, cpu, plan, connections, contestants })
      print(`${tool}, ${connections === 1 ? '1 connection' : `${connections} connections`}`, figures)
    }
  }
}

async function openDatabase({ ownerUrl, defer }: PostgresBench, key: string): Promise<Database> {
  const database = await startDatabase({ identityKey: await sourceIdentityKey(key, SOURCE), ownerUrl })
  defer(database.close)
  const { owner } = database.endpoint
  defer(() => owner(NO_VIEWS))
  await owner(VIEWS)
  return database
}

async function startWorkers(
  { ownerUrl, pgbouncer, directory, defer }: PostgresBench,
  settings: Readonly<Record<string, string>>,
  database: Database,
): Promise<readonly { readonly name: string; readonly worker: RunningWorker }[]> {
  const built = await bundle(fileURLToPath(new URL('./postgres-worker.ts', import.meta.url)), directory)
  const ways: Record<string, Record<string, string>> = {
    'Rowgate, HTTP': { DATABASE_URL: database.url, DATABASE_FETCH_ENDPOINT: database.endpoint.url },
    'Rowgate, TCP': { DATABASE_URL: tcpUrl(database, ownerUrl) },
  }
  if (pgbouncer) {
    const pooler = await startPooler(database, ownerUrl)
    defer(() => pooler.stop())
    ways['Rowgate, PgBouncer'] = { DATABASE_URL: tcpUrl(database, ownerUrl, pooler.port) }
  }
  const started = []
  for (const [name, address] of Object.entries(ways)) {
    const worker = await startWorker(built, { ...settings, ...address })
    defer(() => worker.stop())
    started.push({ name, worker })
  }
  return started
}

/** Throws unless the answer has the rows that all answers have. */
async function refuseOtherRows({ name, port, request }: Contestant): Promise<void> {
  const [head = '', body = ''] = request.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines
    .map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string])
    .filter(([key]) => !/^(?:host|content-length)$/i.test(key))
  const url = `http://127.0.0.1:${port}${first.split(' ')[1]}`
  const said = await (await fetch(url, { method: 'POST', headers, body })).text()
  const titles = new Set(said.match(/Task number \d+/g))
  if (titles.size !== TASKS)
    throw new Error(`${name} answers ${titles.size} of ${TASKS} rows: ${said.slice(0, 500)}`)
}

interface Race {
  readonly generator: Generator
  readonly cpu: ServerCpu
  readonly plan: BenchPlan
  readonly connections: number
  readonly contestants: readonly Contestant[]
}

interface Turn extends Measured {
  readonly workerMs: number | undefined
  readonly endpointMs: number
  readonly postgresMs: number | undefined
}

interface Figure {
  readonly name: string
  readonly turns: readonly Turn[]
}

async function race(options: Race): Promise<readonly Figure[]> {
  const { plan, contestants } = options
  const figures = contestants.map((contestant) => ({ contestant, turns: [] as Turn[] }))
  for (const { contestant } of figures) await turn(options, contestant, plan.warmUpMs)
  for (let round = 0; round < plan.rounds; round++) {
    for (const { contestant, turns } of rotated(figures, round))
      turns.push(await turn(options, contestant, plan.turnMs))
  }
  return figures.map(({ contestant, turns }) => ({ name: contestant.name, turns }))
}

async function turn(
  { generator, cpu, connections }: Race,
  { name, port, request, worker }: Contestant,
  durationMs: number,
): Promise<Turn> {
  const before = [await worker?.cpuMs(), await cpu()] as const
  const endpoint = process.cpuUsage()
  const measured = await generator.run({ port, request, connections, durationMs }).catch((cause: unknown) => {
    throw new Error(`${name} failed: ${String(cause)}`)
  })
  // The endpoint runs in this process, which does nothing else meanwhile.
  const { user, system } = process.cpuUsage(endpoint)
  const after = [await worker?.cpuMs(), await cpu()] as const
  const [workerMs, postgresMs] = [since(before[0], after[0]), since(before[1], after[1])]
  return { ...measured, workerMs, endpointMs: (user + system) / 1_000, postgresMs }
}

function since(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before
}

const COLUMNS = ['requests/s', 'p50 ms', 'p99 ms', 'Worker µs', 'endpoint µs', 'Postgres µs']

function print(title: string, figures: readonly Figure[]): void {
  // Within each round, which is more precise than a ratio of medians.
  const others = figures.filter(({ name }) => !name.startsWith('Rowgate'))
  console.log(`\n${cells(title, [...COLUMNS, ...others.map(({ name }) => `to ${name}`)])}`)
  for (const { name, turns } of figures) {
    const mid = (of: (turn: Turn) => number) => median(turns.map(of))
    const ratios = others.map((other) =>
      median(turns.map((each, round) => rate(each) / rate(other.turns[round]))).toFixed(2),
    )
    const times = [mid(({ p50Ms }) => p50Ms).toFixed(2), mid(({ p99Ms }) => p99Ms).toFixed(2)]
    const cpus = [
      perRequest(turns, (each) => each.workerMs),
      perRequest(turns, (each) => (name === 'Rowgate, HTTP' ? each.endpointMs : undefined)),
      perRequest(turns, (each) => each.postgresMs),
    ]
    console.log(cells(name, [mid(rate).toFixed(0), ...times, ...cpus, ...ratios]))
  }
}

function rate(turn: Measured | undefined): number {
  return turn === undefined ? Number.NaN : turn.requests / turn.seconds
}

/** Microseconds of all turns together: the system counts in steps of ten milliseconds. */
function perRequest(turns: readonly Turn[], of: (turn: Turn) => number | undefined): string {
  const sum = turns.reduce((total, each) => total + (of(each) ?? Number.NaN), 0)
  const requests = turns.reduce((total, each) => total + each.requests, 0)
  return Number.isNaN(sum) ? '-' : ((sum * 1_000) / requests).toFixed(0)
}

function cells(title: string, values: readonly string[]): string {
  return title.padEnd(28) + values.map((value) => value.padStart(12)).join('')
}
