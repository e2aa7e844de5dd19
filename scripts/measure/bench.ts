/**
 * `rowgate bench`: how fast Rowgate is beside a bare fetch handler and beside the SDK's own server, all on workerd, in
 * one run, taking turns. It sends to 127.0.0.1 only.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bundle, bundle, gzipBytes, moduleName, startupMs } from './bench/bundle.ts'
import { compareAnswers } from './bench/correctness.ts'
import { startDatabase } from './bench/database.ts'
import { CASES, makeIdentity, requestOf } from './bench/fixture.ts'
import { type Figures, measure, type Plan, type Trial, type Workers } from './bench/measure.ts'
import { printFigures, printSizes, REPLAYED, type Sizes, toJson } from './bench/report.ts'
import { measureSql } from './bench/sql.ts'
import { printTokens } from './bench/tokens.ts'
import { type RunningWorker, startWorker } from './bench/workerd.ts'

/** Many short turns rather than few long ones: what else the machine does then spoils some, and the medians stand. */
const FULL: Plan = { rounds: 15, warmUpMs: 1_000, turnMs: 500 }
/** Enough to see that all of it works; its figures mean little. */
const QUICK: Plan = { rounds: 1, warmUpMs: 100, turnMs: 200 }

const STARTUPS = 3

/** Enough to keep a single-threaded server busy all the time, few enough that p50 is not mostly waiting in line. */
const CONNECTIONS = 16
/** The embedded Postgres serves one at a time: more would only wait. */
const DATABASE_CONNECTIONS = 4

const WORKERS = {
  bare: new URL('./bench/bare.ts', import.meta.url),
  sdk: new URL('./bench/sdk.ts', import.meta.url),
  rowgate: new URL('./bench/rowgate.ts', import.meta.url),
  replay: new URL('./bench/replay.ts', import.meta.url),
}

export interface BenchOptions {
  /** Only shows that it works. */
  readonly quick: boolean
  /** The guard of SQL and the search by meaning instead. */
  readonly sql: boolean
  /** What a model reads of each toolset instead. */
  readonly tokens: boolean
  /** A file for the medians. */
  readonly json?: string | undefined
}

/** Takes what ends something that was started; all of it is ended at the end, newest first. */
type Defer = (close: () => Promise<unknown>) => void

export async function bench({ quick, sql, tokens, json }: BenchOptions): Promise<void> {
  if (tokens) return printTokens()
  // An exit at once still runs the 'exit' listeners that stop the child processes.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await using cleanup = new AsyncDisposableStack()
  const defer: Defer = (close) => cleanup.defer(async () => void (await close()))
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-bench-'))
  defer(() => rm(directory, { recursive: true, force: true }))
  if (sql) return await measureSql(join(directory, 'sql'), defer)
  const sizes = await weigh(directory, quick ? 1 : STARTUPS)
  printSizes(sizes)
  const figures = await race(directory, quick ? QUICK : FULL, defer)
  printFigures(figures)
  if (json !== undefined) await writeFile(json, toJson(figures, sizes))
}

/** The product's own Worker, as it is deployed. */
async function weigh(directory: string, startups: number): Promise<Sizes> {
  const { main, modules } = await bundle('src/index.ts', join(directory, 'index'))
  return {
    bundleGzipBytes: await gzipBytes(main),
    modulesGzipBytes: Object.fromEntries(
      await Promise.all(modules.map(async (file) => [moduleName(file), await gzipBytes(file)])),
    ),
    startupMs: await startupMs(directory, startups),
  }
}

async function race(directory: string, plan: Plan, defer: Defer): Promise<readonly Figures[]> {
  const { token, settings, close } = await makeIdentity()
  defer(close)
  const database = await startDatabase(settings.IDENTITY_KEY)
  defer(() => database.endpoint.close())
  const variables = { ...settings, DATABASE_URL: database.url }

  async function start(built: Bundle, endpoint: string, more: object = {}): Promise<RunningWorker> {
    const worker = await startWorker(built, { ...variables, ...more, DATABASE_FETCH_ENDPOINT: endpoint })
    defer(() => worker.stop())
    return worker
  }
  const build = (entry: URL) => bundle(fileURLToPath(entry), join(directory, basename(entry.pathname)))

  const replay = await start(await build(WORKERS.replay), database.endpoint.url)
  const bare = await build(WORKERS.bare)
  const sdk = await build(WORKERS.sdk)
  const rowgate = await build(WORKERS.rowgate)
  async function contestants(endpoint: string): Promise<Workers> {
    return {
      bare: await start(bare, endpoint),
      sdk: await start(sdk, endpoint),
      rowgate: await start(rowgate, endpoint),
      quiet: await start(rowgate, endpoint, { LOG_LEVEL: 'warn', AUDIT_READS: 'false' }),
    }
  }
  const real = await contestants(database.endpoint.url)
  const replayed = await contestants(`http://127.0.0.1:${replay.port}/sql`)

  // Calls that ask no database are audited all the same, and an embedded Postgres that writes thousands of rows a second would
  // take from everybody's two cores, beyond the turn of the contestant that sent them.
  const trials: Trial[] = CASES.map((name) => ({
    name,
    request: requestOf(name, token),
    ...(name === 'list_tasks'
      ? { connections: DATABASE_CONNECTIONS, workers: real }
      : { connections: CONNECTIONS, workers: replayed }),
  }))
  trials.push({
    name: REPLAYED,
    request: requestOf('list_tasks', token),
    connections: CONNECTIONS,
    workers: replayed,
  })
  for (const trial of trials) await compareAnswers(trial)
  return measure(trials, plan)
}
