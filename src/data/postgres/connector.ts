/**
 * Postgres connector: every call is one round trip with one transaction, which begins with the caller's seal.
 */

import type { NeonQueryFunction } from '@neondatabase/serverless'
import { is, sql } from 'drizzle-orm'
import type { BatchResponse } from 'drizzle-orm/batch'
import { NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import type { Caller } from '../../infra/caller.ts'
import { traceComment } from '../../infra/observability/trace.ts'
import type { CallScope } from '../call-scope.ts'
import { engineShareMs } from '../deadline.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'
import { exactSession } from '../exact-fields.ts'
import { createExecutor, type Execute } from '../execute.ts'
import { lazy } from '../lazy.ts'
import { type Counts, sizeOf } from '../result-size.ts'
import {
  AS_TEXT,
  callerSqlError,
  callerStatements,
  ENTER_CALLER_SQL,
  refuseOlder,
  searchPathOf,
  textRows,
} from './caller-sql.ts'
import type { CallerStatement, Postgres, Queries, Statements, TextRows } from './capability.ts'
import { MAX_ANSWER_BYTES, openClient, type PostgresAddress, targetOf } from './client.ts'
import type { Built, PostgresClient, Result } from './driver.ts'
import { hasAnswered, mayRetry, toRowgateError } from './errors.ts'
import { createSealer } from './seal.ts'

/** The database, and its restricted login. */
export interface PostgresSettings extends PostgresAddress {
  /** `id:base64`. */
  readonly identityKey: string
  /** Its source in `rowgate.yaml`; the source's identity key is derived from the deployment's. */
  readonly source?: string | undefined
  /** Finds the caller in the source's table of users, where the source has one. */
  readonly lookup?: UserLookup | undefined
  /** Whether an error may say how to start the database. */
  readonly development: boolean
  /** Limit of the planner's cost estimate for a caller's own statement. */
  readonly maxPlanCost: number
}

/** A function without arguments that is null for a caller whom the source's table of users does not have. */
export interface UserLookup {
  readonly schema: string
  readonly function: string
}

type PostgresCall = Pick<CallScope, 'signal' | 'deadline' | 'audit'> &
  Partial<Pick<CallScope, 'observe' | 'onEnd' | 'traceId'>>

const ENTER = 'select rowgate.enter($1, $2, $3)'
/** 150_020 means 15.20. */
const VERSION = "select pg_catalog.current_setting('server_version_num')"
const MINOR_VERSIONS = 10_000
const AUDIT = 'select rowgate.audit($1)'

/** `rowgate.enter` accepts at most an hour. */
const LONGEST_STATEMENT_MS = 3_600_000

/** The longest wait before a retry, in milliseconds; it may start until the deadline. */
const BACKOFF = { capMs: 1_000, windowMs: Number.POSITIVE_INFINITY }

const UNREACHABLE: ErrorMapping = [
  'UNAVAILABLE',
  'The database cannot be reached; try again shortly.',
  'retryable',
]
const UNREACHABLE_IN_DEVELOPMENT: ErrorMapping = [
  'UNAVAILABLE',
  'The database cannot be reached. `npm start` starts one; otherwise check DATABASE_URL and DATABASE_FETCH_ENDPOINT.',
  'retryable',
]

function unreachableOf({ source, development }: PostgresSettings): ErrorMapping {
  if (source !== undefined)
    return ['UNAVAILABLE', `The source \`${source}\` cannot be reached; try again shortly.`, 'retryable']
  return development ? UNREACHABLE_IN_DEVELOPMENT : UNREACHABLE
}

/**
 * Postgres would have ended a slow statement before: only the answer is late, so the same call may succeed.
 */
const LATE: ErrorMapping = [
  'QUERY_TIMEOUT',
  'The call ran out of time before the database answered.',
  'retryable',
]

type AccessMode = 'read' | 'write'
type DrizzleClient = NeonQueryFunction<boolean, boolean>

const dialect = new PgDialect()
// Toolsets build statements at module scope with imports from `drizzle-orm`, while this file loads late. The
// bundler initialises that entry in time only if it is used here too: without this line the Worker does not
// start.
if (!is(dialect, PgDialect)) throw new Error('Two copies of drizzle-orm are bundled; there must be one.')

/** Made once per isolate; a connector is made per call, at little cost. */
export function createPostgres(settings: PostgresSettings): (caller: Caller, call: PostgresCall) => Postgres {
  const target = targetOf(settings)
  const client = lazy(() => openClient(target))
  /** The server's major version, after a statement has needed it. */
  let serverVersion: number | undefined
  const sealFor = createSealer(settings.identityKey, settings.source)
  const { source, lookup } = settings
  const unreachable = unreachableOf(settings)
  const execute = createExecutor({
    engine: source === undefined ? 'postgres' : `postgres:${source}`,
    title: source === undefined ? 'Postgres' : `The source \`${source}\``,
    limitMs: LONGEST_STATEMENT_MS,
    backoff: BACKOFF,
    obeysSignal: true,
    toRowgateError: (cause) => toRowgateError(cause, unreachable),
    timedOut: (cause) => mappedError(LATE, cause),
    hasAnswered,
    mayRetry,
  })

  const shared = {
    ...{ client, execute, sealFor, maxPlanCost: settings.maxPlanCost, queries: queryBuilder() },
    findUser: lookup && isUnknown(lookup),
  }
  return (caller, call) => {
    const bound = { shared, caller, call, comment: traceComment(call.traceId) }
    return {
      read: (build) => run(bound, 'read', build, true),
      write: (build, repeatable) => run(bound, 'write', build, repeatable === 'repeatable'),
      runCallerSql: async (statement) => {
        if (statement.newest !== undefined) {
          serverVersion ??= versionIn(await runText(bound, { text: VERSION, parameters: [], searchPath: [] }))
          refuseOlder(serverVersion, statement.newest)
        }
        return runText(bound, statement)
      },
    }
  }
}

function isUnknown({ schema, function: name }: UserLookup): string {
  return dialect.sqlToQuery(sql`select ${sql.identifier(schema)}.${sql.identifier(name)}() is null`).sql
}

/** Parts of the connector that all calls share. */
interface Shared {
  readonly client: () => Promise<PostgresClient>
  readonly execute: Execute
  readonly queries: Queries
  readonly sealFor: ReturnType<typeof createSealer>
  readonly maxPlanCost: number
  /** Selects whether the source does not know the caller. */
  readonly findUser: string | undefined
}

/** One call of the connector. */
interface Bound {
  readonly shared: Shared
  readonly caller: Caller
  readonly call: PostgresCall
  readonly comment: string
}

/** Runs statements that Drizzle built, in one transaction. */
async function run<const T extends Statements>(
  { shared: { client, execute, queries, sealFor }, caller, call, comment }: Bound,
  access: AccessMode,
  build: (db: Queries) => T,
  repeatable: boolean,
): Promise<BatchResponse<T>> {
  const { onEnd, audit } = call
  const { query, transaction: send } = await client()
  const transaction = async (built: Built[]) => {
    // Signed once: when it is sent again after a lost answer, its id identifies it.
    const record = access === 'write' && audit !== undefined ? [query(AUDIT, [await audit.signWrite()])] : []
    const operation = {
      ...{ call, repeatable, auditFirst: false, count: countResults },
      statements: () => built.map(textOf),
    }
    const results = await execute<Result[]>(operation, async (signal, leftMs) => {
      const shareMs = shrinking(leftMs)
      const seal = await sealFor(caller, Date.now())
      const enter = () => query(ENTER + comment, [seal, access, shareMs()])
      const flight = { signal, onEnd, readOnly: access === 'read' }
      const all = await send(() => [enter(), ...built, ...record], flight)
      return all.slice(1, 1 + built.length).map((result, at) => asAsked(result, built[at]))
    })
    if (record.length > 0) audit?.written()
    return results
  }
  const session = new NeonHttpSession(asClient({ query, transaction }), dialect, undefined)
  // `batch` returns each builder's declared result, in order; its own type for that is `any`.
  return (await session.batch(build(queries))) as BatchResponse<T>
}

/** Runs a statement that is text, in one transaction. */
async function runText(
  { shared: { client, execute, sealFor, maxPlanCost, findUser }, caller, call, comment }: Bound,
  statement: CallerStatement,
): Promise<TextRows> {
  const { query, transaction: send } = await client()
  const user = findUser === undefined ? [] : [[findUser, []] as const]
  const work = [...user, ...callerStatements(statement, maxPlanCost)]
  const searchPath = searchPathOf(statement.searchPath)
  const operation = {
    ...{ call, repeatable: true, auditFirst: false, count: countResults },
    statements: () => [statement.text],
  }
  const results = await execute<Result[]>(operation, async (signal, leftMs) => {
    const shareMs = shrinking(leftMs)
    const seal = await sealFor(caller, Date.now())
    const build = () => {
      const enter = [seal, shareMs(), searchPath]
      return [[ENTER_CALLER_SQL + comment, enter] as const, ...work].map(([text, parameters]) =>
        query(text, parameters, AS_TEXT),
      )
    }
    const flight = { signal, onEnd: call.onEnd, maxAnswerBytes: MAX_ANSWER_BYTES, readOnly: true }
    const all = await send(build, flight)
    return findUser === undefined ? all.slice(-1) : [...all.slice(-1), ...all.slice(1, 2)]
  }).catch((error: unknown) => {
    throw callerSqlError(error, statement)
  })
  const isUnknownUser = findUser !== undefined && results[1]?.rows[0]?.[0] === 't'
  return { ...textRows(results[0]), ...(isUnknownUser && { isUnknownUser }) }
}

/** The engine's share of the time left when it is called. */
function shrinking(leftMs: number): () => number {
  const until = Date.now() + leftMs
  return () => engineShareMs(until - Date.now())
}

/** Rows as objects where the statement asks for them, which the TCP driver leaves undone. */
function asAsked(result: Result, built: Built | undefined): Result {
  if (built?.opts?.arrayMode !== false || !result.rowAsArray) return result
  const names = result.fields.map(({ name }) => name)
  const rows = result.rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))
  return { ...result, rows: rows as never, rowAsArray: false as never }
}

function textOf({ queryData }: Built): string {
  return 'query' in queryData ? String(queryData.query) : ''
}

function countResults(results: readonly Result[]): Counts[] {
  return results.map(({ rowCount, rows }) => ({ rows: rowCount ?? 0, bytes: sizeOf(rows) }))
}

function versionIn({ rows }: TextRows): number {
  return Math.floor(Number(rows[0]?.[0]) / MINOR_VERSIONS)
}

/** A client with the two members that Drizzle's neon-http session uses; its type requires more. */
function asClient(members: {
  query: PostgresClient['query'] | typeof refuse
  transaction(built: Built[]): Promise<unknown>
}): DrizzleClient {
  return members as unknown as DrizzleClient
}

function queryBuilder(): Queries {
  const unsent = asClient({ query: refuse, transaction: refuse })
  const session = new NeonHttpSession<Record<string, never>, Record<string, never>>(
    unsent,
    dialect,
    undefined,
  )
  return new PgDatabase(dialect, exactSession(session), undefined)
}

/** An awaited builder would run outside the caller's transaction. */
function refuse(): never {
  throw new Error('A statement is run by read() or write(), never by awaiting its builder.')
}
