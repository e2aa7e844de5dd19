/**
 * `rowgate bench`: compares Rowgate with a bare fetch handler and the SDK's own server, all on workerd, in
 * one run, in alternating turns. It sends to 127.0.0.1 only.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refusal } from '../cli/cli-error.ts'
import { type Bundle, bundle, gzipBytes, moduleName, startupMs } from './bench/bundle.ts'
import { compareAnswers } from './bench/correctness.ts'
import { startDatabase } from './bench/database.ts'
import { CASES, makeIdentity, requestOf } from './bench/fixture.ts'
import {
  type BenchPlan,
  type Defer,
  type Figures,
  measure,
  type Trial,
  type Workers,
} from './bench/measure.ts'
import { measurePostgres } from './bench/on-postgres.ts'
import { printFigures, printSizes, REPLAYED, type Sizes, toJson } from './bench/report.ts'
import { measureRows } from './bench/rows.ts'
import { measureSql } from './bench/sql.ts'
import { printTokens } from './bench/tokens.ts'
import { type RunningWorker, startWorker } from './bench/workerd.ts'

/**
 * Many short turns, not few long ones: other load on the machine spoils some of them, and the median is
 * unaffected.
 */
const FULL: BenchPlan = { rounds: 15, warmUpMs: 1_000, turnMs: 500 }
/** Enough to show that everything works. The figures mean little. */
const QUICK: BenchPlan = { rounds: 1, warmUpMs: 100, turnMs: 200 }

const STARTUPS = 5

/** Enough to keep a single-threaded server busy; few enough that p50 is not mostly queueing. */
const CONNECTIONS = 16
/** The embedded Postgres serves one at a time, so more would only queue. */
const DATABASE_CONNECTIONS = 4

/** As a deployment's wrangler.toml names it. */
const PRODUCT = 'src/index.ts'
const WORKERS = {
  bare: new URL('./bench/bare.ts', import.meta.url),
  sdk: new URL('./bench/sdk.ts', import.meta.url),
  rowgate: new URL('./bench/rowgate.ts', import.meta.url),
  replay: new URL('./bench/replay.ts', import.meta.url),
}

export interface BenchOptions {
  /** A short run that only shows that everything works. */
  readonly quick: boolean
  /** Measure the SQL guard and the semantic search instead. */
  readonly sql: boolean
  /** Count the tokens of each toolset instead. */
  readonly tokens: boolean
  /** Measure on this server, by its owner's URL of an empty database, by both drivers instead. */
  readonly postgres?: string | undefined
  /** Other MCP servers of the same database, as NAME=URL, which take turns with it. */
  readonly beside: readonly string[]
  /** With `postgres`: through PgBouncer as well. */
  readonly pgbouncer: boolean
  /** Measure the toolset `rows` on this server, by its owner's URL of an empty database, instead. */
  readonly rows?: string | undefined
  /** File to write the medians to. */
  readonly json?: string | undefined
}

export async function bench({
  quick,
  sql,
  tokens,
  postgres,
  beside,
  pgbouncer,
  rows,
  json,
}: BenchOptions): Promise<void> {
  if (tokens) return printTokens()
  if (beside.length > 0 && postgres === undefined)
    throw new Refusal('--beside needs --postgres: both servers read the same database.')
  // process.exit runs the 'exit' listeners that stop the child processes.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await using cleanup = new AsyncDisposableStack()
  const defer: Defer = (close) => cleanup.defer(async () => void (await close()))
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-bench-'))
  defer(() => rm(directory, { recursive: true, force: true }))
  if (sql) return await measureSql(join(directory, 'sql'), defer)
  const plan = quick ? QUICK : FULL
  if (postgres !== undefined)
    return await measurePostgres({ ownerUrl: postgres, beside, pgbouncer, plan, directory, defer })
  if (rows !== undefined) return await measureRows({ ownerUrl: rows, quick, plan, directory, defer })
  const sizes = await weigh(directory, quick ? 1 : STARTUPS)
  printSizes(sizes)
  const figures = await race(directory, plan, defer)
  printFigures(figures)
  if (json !== undefined) await writeFile(json, toJson(figures, sizes))
}

/** Sizes of the product's own Worker, built as for a deployment. */
async function weigh(directory: string, startups: number): Promise<Sizes> {
  const { main, modules } = await bundle(PRODUCT, join(directory, 'index'))
  const [product = Number.NaN, bare = Number.NaN] = await startupMs(
    [PRODUCT, fileURLToPath(WORKERS.bare)],
    directory,
    startups,
  )
  return {
    bundleGzipBytes: await gzipBytes(main),
    modulesGzipBytes: Object.fromEntries(
      await Promise.all(modules.map(async (file) => [moduleName(file), await gzipBytes(file)])),
    ),
    startupMs: product,
    bareStartupMs: bare,
  }
}

async function race(directory: string, plan: BenchPlan, defer: Defer): Promise<readonly Figures[]> {
  const { token, settings, close } = await makeIdentity()
  defer(close)
  const database = await startDatabase({ identityKey: settings.IDENTITY_KEY })
  defer(database.close)
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

  // Without a database. Calls are audited all the same, and an embedded Postgres writing thousands of rows a
  // second would load both cores beyond the turn of the contestant that caused it.
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
