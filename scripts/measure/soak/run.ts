/**
 * Runs many clients of a few users against the Worker on workerd, and compares the database with what they
 * expect.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod'
import { bundle } from '../bench/bundle.ts'
import { type Database, startDatabase, startPooler, tcpUrl } from '../bench/database.ts'
import { makeIdentity } from '../bench/fixture.ts'
import { type RunningWorker, startWorker } from '../bench/workerd.ts'
import { SoakClient, textOf } from './client.ts'
import { createDice } from './rng.ts'
import { openSession } from './session.ts'

export interface SoakPlan {
  readonly clients: number
  readonly users: number
  readonly durationMs: number
  /** Before memory is sampled, because a heap first grows to what the load needs. */
  readonly warmUpMs: number
  readonly seed: number
  /** Owner's URL of an empty database of a server, reached by TCP; default: an embedded Postgres. */
  readonly ownerUrl?: string | undefined
  /** Whether PgBouncer, in transaction mode, stands before that server. */
  readonly pooled?: boolean
}

export interface Report {
  readonly seconds: number
  /** Latencies by tool, in milliseconds. */
  readonly latencies: ReadonlyMap<string, readonly number[]>
  /** Descriptions of wrong answers. */
  readonly wrong: readonly string[]
  /** Number of tasks expected at the end. */
  readonly tasks: number
  /** Of the expected tasks: missing and changed; then tasks that should not exist. */
  readonly lost: number
  readonly changed: number
  readonly doubled: number
  /** Resident memory of workerd over time, in bytes. */
  readonly memory: readonly number[]
}

const SAMPLE_MS = 500

/**
 * In MiB: the platform's limit per isolate (Workers limits, "Memory"). Without a limit V8 has no reason to
 * collect.
 */
const ISOLATE_MIB = 128

/** A row of text, as Postgres prints it. */
const stored = z.tuple([z.string(), z.string(), z.string(), z.string().nullable(), z.enum(['t', 'f'])])

/** Starts everything, soaks, and stops everything. It sends to 127.0.0.1 only. */
export async function soak(plan: SoakPlan): Promise<Report> {
  const closers: (() => Promise<unknown>)[] = []
  try {
    const directory = await mkdtemp(join(tmpdir(), 'rowgate-soak-'))
    closers.push(() => rm(directory, { recursive: true, force: true }))
    const { settings, tokenFor, close } = await makeIdentity()
    closers.push(close)
    const database = await startDatabase({ identityKey: settings.IDENTITY_KEY, ownerUrl: plan.ownerUrl })
    closers.push(database.close)
    const variables = {
      ...settings,
      ...(await addressOf(database, plan, (close) => closers.push(close))),
      // The embedded Postgres serves one at a time, so durations are mostly queueing and no reason for a
      // warning.
      SLOW_QUERY_MS: String(plan.durationMs),
    }
    const built = await bundle('scripts/measure/soak/worker.ts', directory)
    const worker = await startWorker(built, variables, [`--max-old-space-size=${ISOLATE_MIB}`])
    closers.push(() => worker.stop())
    return await run(plan, worker, database, tokenFor)
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

/** The settings that choose the driver. */
async function addressOf(
  database: Database,
  { ownerUrl, pooled = false }: SoakPlan,
  onClose: (close: () => Promise<unknown>) => void,
): Promise<Record<string, string>> {
  if (ownerUrl === undefined) {
    return { DATABASE_URL: database.url, DATABASE_FETCH_ENDPOINT: database.endpoint.url }
  }
  if (!pooled) return { DATABASE_URL: tcpUrl(database, ownerUrl) }
  const pooler = await startPooler(database, ownerUrl)
  onClose(pooler.stop)
  return { DATABASE_URL: tcpUrl(database, ownerUrl, pooler.port) }
}

async function run(
  { clients, users, durationMs, warmUpMs, seed }: SoakPlan,
  worker: RunningWorker,
  database: Database,
  tokenFor: (userId: string) => Promise<string>,
): Promise<Report> {
  const url = new URL(`http://127.0.0.1:${worker.port}/mcp`)
  const latencies = new Map<string, number[]>()
  const wrong: string[] = []
  const newest = new Map<number, string>()
  const tokens = await Promise.all(Array.from({ length: users }, (_, user) => tokenFor(nameOf(user))))
  const took = (tool: string, ms: number) => {
    const known = latencies.get(tool)
    if (known === undefined) latencies.set(tool, [ms])
    else known.push(ms)
  }
  const crowd = Array.from({ length: clients }, (_, at): SoakClient => {
    const user = at % users
    const random = createDice(seed + at)
    return new SoakClient({
      session: openSession(url, tokens[user] ?? '', took),
      tag: `client${at}`,
      userTag: nameOf(user),
      random,
      foreign: () => newest.get((user + 1 + Math.floor(random() * (users - 1))) % users),
      made: (id) => void newest.set(user, id),
      wrong: (what) => void wrong.push(what),
    })
  })
  const startedAt = performance.now()
  const ends = startedAt + warmUpMs + durationMs
  const over = new AbortController()
  const memory: number[] = []
  const watching = sample(worker, memory, warmUpMs, over.signal)
  try {
    await Promise.all(crowd.map((client) => live(client, ends)))
  } finally {
    over.abort()
    await watching
  }
  const seconds = (performance.now() - startedAt) / 1000
  return { seconds, latencies, wrong, memory, ...(await compare(crowd, database)) }
}

function nameOf(user: number): string {
  return `user${user}`
}

async function live(client: SoakClient, ends: number): Promise<void> {
  while (performance.now() < ends) await client.step()
}

async function sample(
  worker: RunningWorker,
  memory: number[],
  warmUpMs: number,
  over: AbortSignal,
): Promise<void> {
  await delay(warmUpMs, undefined, { signal: over }).catch(() => undefined)
  while (!over.aborted) {
    memory.push(await worker.residentBytes())
    await delay(SAMPLE_MS, undefined, { signal: over }).catch(() => undefined)
  }
}

/** Compares the tasks that the clients expect with the table, read as the owner. */
async function compare(crowd: readonly SoakClient[], { endpoint }: Database) {
  const { rows } = await endpoint.owner(
    "select id, user_id, title, description, completed from tasks where user_id like 'user%'",
  )
  const wanted = new Map(
    crowd.flatMap(({ tasks }) => [...tasks].map(([id, task]) => [id, textOf(id, task)] as const)),
  )
  let changed = 0
  let doubled = 0
  const found = new Set<string>()
  for (const row of rows) {
    const [id, user, title, description, completed] = stored.parse(row)
    const text = wanted.get(id)
    if (text === undefined || !title.startsWith(`${user} `)) doubled += 1
    else if (text !== textOf(id, { title, description, completed: completed === 't' })) changed += 1
    found.add(id)
  }
  const lost = [...wanted.keys()].filter((id) => !found.has(id)).length
  return { tasks: wanted.size, lost, changed, doubled }
}
