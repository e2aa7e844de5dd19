/**
 * `npm run bench -- --rows URL`: the newest 20 rows of a tenant by `find_rows` and by an SQL tool, beside the
 * bare driver, with rows enforced by views and by policies, and the statements alone beside row security by
 * hand. All go through PgBouncer in transaction mode, one call after another.
 */

import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { signed } from '../../../src/data/postgres/seal.ts'
import { importIdentityKey, sourceIdentityKey } from '../../../src/infra/identity-key.ts'
import type { Backend } from '../../local/postgres/backend.ts'
import { loginName } from '../../local/postgres/login.ts'
import { openServer } from '../../local/postgres/server.ts'
import { type PgBouncer, startPgBouncer } from '../pgbouncer.ts'
import { type Bundle, bundle } from './bundle.ts'
import { refuseUsed } from './database.ts'
import { callRequest, makeIdentity } from './fixture.ts'
import { type Generator, median, startGenerator } from './generator.ts'
import type { BenchPlan, Defer } from './measure.ts'
import {
  COLUMNS,
  empty,
  fill,
  HAND,
  make,
  SOURCE,
  secureByHand,
  type Table,
  TENANT,
  tablesOf,
  type Way,
} from './rows-source.ts'
import { startWorker } from './workerd.ts'

export interface RowsBench {
  /** Of an empty database, which is emptied again. */
  readonly ownerUrl: string
  readonly quick: boolean
  readonly plan: BenchPlan
  readonly directory: string
  readonly defer: Defer
}

const ROWS = 20
/** Calls of the driver in one turn. */
const DRIVER_CALLS = 20
const AS_OWNER = (table: string) =>
  `select ${COLUMNS} from ${table} where org = '${TENANT}' order by id desc limit ${ROWS}`
const IN = (table: string) => `select ${COLUMNS} from ${table} order by id desc limit ${ROWS}`

interface Setting extends RowsBench {
  readonly server: Backend
  readonly tables: readonly Table[]
  readonly pooler: PgBouncer
  readonly secrets: { readonly password: string; readonly identityKey: string }
  readonly identity: Awaited<ReturnType<typeof makeIdentity>>
  readonly built: Bundle
  readonly generator: Generator
}

export async function measureRows(options: RowsBench): Promise<void> {
  const { ownerUrl, quick, directory, defer } = options
  const identity = await makeIdentity(['rows:read'])
  defer(identity.close)
  const server = await openServer(ownerUrl)
  defer(() => server.close())
  const { rows } = await server.owner('select current_database()')
  const database = rows[0]?.[0] ?? ''
  await refuseUsed(server.owner, database)
  const tables = tablesOf(quick)
  defer(() => empty(server.owner, tables))
  await fill(server.owner, tables)
  const password = randomBytes(16).toString('hex')
  const url = new URL(ownerUrl)
  const pooler = await startPgBouncer(
    { host: url.hostname, port: Number(url.port || '5432') },
    {
      [loginName(database)]: password,
      [HAND]: password,
      [decodeURIComponent(url.username)]: decodeURIComponent(url.password) || (process.env.PGPASSWORD ?? ''),
    },
  )
  defer(() => pooler.stop())
  const generator = startGenerator()
  defer(async () => generator.stop())
  const setting: Setting = {
    ...{ ...options, server, tables, pooler, identity, generator },
    secrets: { password, identityKey: await sourceIdentityKey(identity.settings.IDENTITY_KEY, SOURCE) },
    built: await bundle(
      fileURLToPath(new URL('./rows-worker.ts', import.meta.url)),
      join(directory, 'built'),
    ),
  }
  for (const way of ['policies', 'views'] as const) await measureWay(setting, way)
  await measureByHand(setting)
}

async function measureWay(setting: Setting, way: Way): Promise<void> {
  const { server, tables, secrets, identity, built, generator, defer, plan } = setting
  const directory = join(setting.directory, way)
  await mkdir(directory)
  const { source, login } = await make(server.owner, tables, { way, directory, ...secrets })
  const worker = await startWorker(built, {
    ...{ ...identity.settings, DATABASE_URL: urlOf(setting, login), BENCH_SOURCE: JSON.stringify(source) },
    ...{ AUDIT_READS: 'false', LOG_LEVEL: 'warn' },
  })
  defer(() => worker.stop())
  const key = await importIdentityKey(secrets.identityKey)
  const token = await identity.tokenFor(TENANT)
  for (const { name } of tables) {
    const seal = await signed(
      'seal',
      { sub: TENANT, tenant: 'x', scopes: [], claims: {}, exp: Date.now() / 1_000 + 290 },
      key,
    )
    const enter = `select rowgate.enter('${seal}', 'read', 60000)`
    const call = async (request: string) =>
      (await generator.run({ port: worker.port, request, connections: 1, durationMs: plan.turnMs })).p50Ms
    const find = callRequest('find_rows', { table: name, limit: ROWS }, token)
    const tool = callRequest(`newest_${name}`, { most: ROWS }, token)
    await refuseOtherRows(worker.port, [find, tool])
    print(
      setting,
      name,
      way,
      await rounds(setting, {
        driver: () => calls(setting, AS_OWNER(name)),
        find_rows: () => call(find),
        'SQL tool': () => call(tool),
        'its statement': () => statement(setting, { user: login, begin: enter, text: IN(`agent.${name}`) }),
        'bare statement': () => statement(setting, { begin: 'select 1', text: AS_OWNER(name) }),
      }),
    )
  }
}

async function measureByHand(setting: Setting): Promise<void> {
  const { server, tables, secrets } = setting
  await secureByHand(server.owner, tables, secrets.password)
  for (const { name } of tables) {
    const begin = `select set_config('app.org', '${TENANT}', true)`
    print(
      setting,
      name,
      'row security by hand',
      await rounds(setting, {
        driver: () => calls(setting, AS_OWNER(name)),
        'its statement': () => statement(setting, { user: HAND, begin, text: IN(name) }),
        'bare statement': () => statement(setting, { begin: 'select 1', text: AS_OWNER(name) }),
      }),
    )
  }
}

type Turns = Readonly<Record<string, () => Promise<number>>>
/** Milliseconds of each contestant in each round. */
type Times = ReadonlyMap<string, readonly number[]>

async function rounds({ plan }: Setting, turns: Turns): Promise<Times> {
  const times = new Map<string, number[]>(Object.keys(turns).map((name) => [name, []]))
  for (const turn of Object.values(turns)) await turn()
  for (let round = 0; round < plan.rounds; round++) {
    for (const [name, turn] of Object.entries(turns)) times.get(name)?.push(await turn())
  }
  return times
}

/** Of a driver that connects for each call, as a Worker has to. */
async function calls(setting: Setting, text: string): Promise<number> {
  const times: number[] = []
  for (let call = 0; call < DRIVER_CALLS; call++) {
    const start = performance.now()
    await connected(setting, undefined, (client) => client.query(text))
    times.push(performance.now() - start)
  }
  return median(times)
}

interface Statement {
  /** The owner by default. */
  readonly user?: string
  /** Opens the transaction. */
  readonly begin: string
  readonly text: string
}

/** Of a statement within a transaction that is open. */
async function statement(setting: Setting, { user, begin, text }: Statement): Promise<number> {
  return await connected(setting, user, async (client) => {
    await client.query('begin')
    await client.query(begin)
    const times: number[] = []
    for (let call = 0; call < DRIVER_CALLS; call++) {
      const start = performance.now()
      const { rowCount } = await client.query(text)
      times.push(performance.now() - start)
      if (rowCount !== ROWS) throw new Error(`${text} gave ${rowCount} rows`)
    }
    await client.query('commit')
    return median(times)
  })
}

async function connected<T>(
  setting: Setting,
  user: string | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(setting, user) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function urlOf({ ownerUrl, pooler, secrets }: Setting, user: string | undefined): string {
  const url = Object.assign(new URL(ownerUrl), { hostname: '127.0.0.1', port: String(pooler.port) })
  return (user === undefined ? url : Object.assign(url, { username: user, password: secrets.password })).href
}

/** Throws unless both answer the tenant's newest rows. */
async function refuseOtherRows(port: number, requests: readonly string[]): Promise<void> {
  for (const request of requests) {
    const [head = '', body = ''] = request.split('\r\n\r\n')
    const headers = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string])
      .filter(([key]) => !/^(?:host|content-length)$/i.test(key))
    const said = await (await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', headers, body })).text()
    const rows = new Set(said.match(/What number \d+ is/g)).size
    if (rows !== ROWS) throw new Error(`${rows} of ${ROWS} rows: ${said.slice(0, 500)}`)
  }
}

function print({ tables }: Setting, name: string, way: string, times: Times): void {
  const { rows = 0, tenants = 1 } = tables.find((table) => table.name === name) ?? {}
  console.log(`\n${rows / tenants} of ${rows} rows, ${way}`)
  for (const [contestant, own] of times) {
    const base = times.get(contestant.endsWith('statement') ? 'bare statement' : 'driver') ?? []
    const ratio = median(own.map((each, round) => each / (base[round] ?? Number.NaN)))
    console.log(
      `  ${contestant.padEnd(16)}${median(own).toFixed(2).padStart(10)} ms${ratio.toFixed(2).padStart(8)}`,
    )
  }
}
