/** Postgres: every call is one round trip that carries one transaction, opened by the caller's seal. */

import { type HTTPQueryOptions, NeonDbError, type NeonQueryFunction } from '@neondatabase/serverless'
import { is } from 'drizzle-orm'
import type { BatchResponse } from 'drizzle-orm/batch'
import { drizzle } from 'drizzle-orm/neon-http'
import { NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Caller } from '../../infra/caller.ts'
import { RowgateError } from '../../infra/errors.ts'
import { traceComment } from '../../infra/observability/trace.ts'
import type { CallScope } from '../call-scope.ts'
import { engineShareMs } from '../deadline.ts'
import { type ErrorMapping, mappedError } from '../error-mapping.ts'
import { createExecutor } from '../execute.ts'
import { lazy } from '../lazy.ts'
import { type Counts, sizeOf } from '../result-size.ts'
import type { Postgres, Queries, SandboxStatement, Statements, TextRows } from './capability.ts'
import { MAX_ANSWER_BYTES, openClient, type Place, targetOf } from './client.ts'
import type { Built, PostgresClient, Result } from './driver.ts'
import { hasAnswered, mayRetry, toRowgateError } from './errors.ts'
import { createSealer } from './seal.ts'

/** Where it is, by the restricted login. */
export interface PostgresSettings extends Place {
  /** `id:base64`. */
  readonly identityKey: string
  /** Whether an error may say how to start the database. */
  readonly development: boolean
  /** What the planner may expect a caller's own statement to cost, in its units. */
  readonly maxPlanCost: number
}

type PostgresCall = Pick<CallScope, 'signal' | 'deadline' | 'audit'> &
  Partial<Pick<CallScope, 'observe' | 'onEnd' | 'traceId'>>

const ENTER = 'select rowgate.enter($1, $2, $3)'
/**
 * With what decides how the caller's text is read: as the guard has read it. And the policies' conditions
 * come before the caller's: Postgres lets one that is called leakproof go first where it costs less than ten
 * operators, and it may hold a `(select …)` that is only run, and then fails or takes its time, when a hidden
 * row asks for it.
 */
const ENTER_SANDBOX =
  "select rowgate.enter($1, 'read', $2), pg_catalog.set_config('search_path', $3, true), pg_catalog.set_config('standard_conforming_strings', 'on', true), pg_catalog.set_config('cpu_operator_cost', '0', true)"
/** 150_020 is 15.20. */
const VERSION = "select pg_catalog.current_setting('server_version_num')"
const MINOR_VERSIONS = 10_000
const AUDIT = 'select rowgate.audit($1)'
const LIMIT_PLAN = 'select rowgate.limit_plan($1, $2::text[], $3)'

/** `rowgate.enter` takes no more than an hour. */
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
/**
 * Postgres would have ended a slow statement before: what is late is the answer, so the same call may
 * succeed.
 */
const LATE: ErrorMapping = [
  'QUERY_TIMEOUT',
  'The call ran out of time before the database answered.',
  'retryable',
]

type Access = 'read' | 'write'
type DrizzleClient = NeonQueryFunction<boolean, boolean>

const dialect = new PgDialect()
// Toolsets build statements at module scope with what they import from `drizzle-orm`, while this file loads
// late. The bundler initialises that entry for them in time only if it is used here too: without this the
// Worker does not start.
if (!is(dialect, PgDialect)) throw new Error('Two copies of drizzle-orm are bundled; there must be one.')

/** Made once per isolate; what it returns is made per call and costs next to nothing. */
export function createPostgres(settings: PostgresSettings): (caller: Caller, call: PostgresCall) => Postgres {
  const target = targetOf(settings)
  const client = lazy(() => openClient(target))
  /** The server's major version, once a statement has needed it. */
  let serverVersion: number | undefined
  const queries: Queries = drizzle(asClient({ query: refuse, transaction: refuse }))
  const sealFor = createSealer(settings.identityKey)
  const { maxPlanCost } = settings
  const unreachable = settings.development ? UNREACHABLE_IN_DEVELOPMENT : UNREACHABLE
  const execute = createExecutor({
    engine: 'postgres',
    title: 'Postgres',
    limitMs: LONGEST_STATEMENT_MS,
    backoff: BACKOFF,
    obeysSignal: true,
    toRowgateError: (cause) => toRowgateError(cause, unreachable),
    timedOut: (cause) => mappedError(LATE, cause),
    hasAnswered,
    mayRetry,
  })

  return (caller, call) => {
    const { onEnd, traceId, audit } = call
    const comment = traceComment(traceId)

    async function run<const T extends Statements>(
      access: Access,
      build: (db: Queries) => T,
      repeatable: boolean,
    ): Promise<BatchResponse<T>> {
      const { query, transaction: send } = await client()
      const transaction = async (built: Built[]) => {
        // Signed once: sent again after a lost answer, the row is known by its id.
        const record =
          access === 'write' && audit !== undefined ? [query(AUDIT, [await audit.signWrite()])] : []
        const operation = {
          ...{ call, repeatable, auditFirst: false, count: countResults },
          statements: () => built.map(textOf),
        }
        const results = await execute<Result[]>(operation, async (signal, leftMs) => {
          const limits = [access, engineShareMs(leftMs)]
          const enter = query(ENTER + comment, [await sealFor(caller, Date.now()), ...limits])
          const all = await send([enter, ...built, ...record], {
            signal,
            onEnd,
            readOnly: access === 'read',
          })
          return all.slice(1, 1 + built.length)
        })
        if (record.length > 0) audit?.written()
        return results
      }
      const session = new NeonHttpSession(asClient({ query, transaction }), dialect, undefined)
      // `batch` answers with what each builder declares, in order; its own type for that is `any`.
      return (await session.batch(build(queries))) as BatchResponse<T>
    }

    async function sandbox(statement: SandboxStatement): Promise<TextRows> {
      if (statement.newest !== undefined) {
        serverVersion ??= versionIn(await sandbox({ text: VERSION, parameters: [], searchPath: [] }))
        refuseOlder(serverVersion, statement.newest)
      }
      const { query, transaction: send } = await client()
      const { lead, work } = sandboxed(statement, maxPlanCost)
      const operation = {
        ...{ call, repeatable: true, auditFirst: false, count: countResults },
        statements: () => [statement.text],
      }
      const results = await execute<Result[]>(operation, async (signal, leftMs) => {
        const enter = [await sealFor(caller, Date.now()), engineShareMs(leftMs), pathOf(statement.searchPath)]
        const built = [[ENTER_SANDBOX + comment, enter] as const, ...work].map(([text, parameters]) =>
          query(text, parameters, AS_TEXT),
        )
        const all = await send(built, { signal, onEnd, maxAnswerBytes: MAX_ANSWER_BYTES, readOnly: true })
        return all.slice(-1)
      }).catch((error: unknown) => {
        throw placed(error, lead)
      })
      return textRows(results[0])
    }

    return {
      read: (build) => run('read', build, true),
      write: (build, repeatable) => run('write', build, repeatable === 'repeatable'),
      sandbox,
    }
  }
}

function textOf({ queryData }: Built): string {
  return 'query' in queryData ? String(queryData.query) : ''
}

const EXPLAIN = { expected: 'explain (format json) ', run: 'explain (analyze, format json) ' } as const

/**
 * The statements that run caller-written SQL. EXPLAIN of it comes first: the extended protocol takes one
 * statement, so a second one in the text is refused here, and so is what Postgres cannot make sense of. Then
 * `rowgate.limit_plan` judges its cost, and then it runs. Nothing is prepared by name outside that function:
 * poolers do not keep a session's statements. `lead` is our text in front of the caller's, so that error
 * positions can be shifted back.
 */
function sandboxed({ text, parameters, explain }: SandboxStatement, maxPlanCost: number) {
  const lead = EXPLAIN.expected
  const check = [lead + text, parameters] as const
  if (explain === 'expected') return { lead, work: [check] }
  const run = [`${explain === undefined ? '' : EXPLAIN[explain]}${text}`, parameters] as const
  return { lead, work: [check, [LIMIT_PLAN, [text, parameters, maxPlanCost]] as const, run] }
}

/**
 * SQLSTATEs about the text: of statements that make no sense, and of literals that are not written as their
 * type demands. For those Postgres gives a place only while it reads the text, never for a value that it met
 * in a row.
 */
const NO_SENSE = /^(?:42...|22P02|22007|22008|22003)$/

/**
 * The same error with the place in the caller's statement, which the first one of `work` holds after `lead`.
 */
function placed(error: unknown, lead: string): unknown {
  if (!(error instanceof RowgateError && error.cause instanceof NeonDbError)) return error
  const position = Number(error.cause.position) - lead.length
  if (!(position > 0) || !NO_SENSE.test(error.cause.code ?? '')) return error
  const { cause, retryable } = error
  return new RowgateError(error.code, error.message, {
    cause,
    retryable,
    details: { ...error.details, position },
  })
}

function countResults(results: readonly Result[]): Counts[] {
  return results.map(({ rowCount, rows }) => ({ rows: rowCount ?? 0, bytes: sizeOf(rows) }))
}

/**
 * Values as the text that Postgres printed. In a batch the driver takes this from each statement, and from
 * nowhere else.
 */
const AS_TEXT: HTTPQueryOptions<boolean, boolean> = {
  types: { getTypeParser: () => (text: string) => text },
}

function textRows(result: Result | undefined): TextRows {
  if (result === undefined) throw new Error('The database answered fewer statements than it was sent.')
  return {
    columns: result.fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })),
    rows: result.rows.map((row) => row.map((value: unknown) => (value === null ? null : String(value)))),
  }
}

function versionIn({ rows }: TextRows): number {
  return Math.floor(Number(rows[0]?.[0]) / MINOR_VERSIONS)
}

/** A server that does not have it may have somebody's function of its name. */
function refuseOlder(version: number, { name, since }: NonNullable<SandboxStatement['newest']>): void {
  if (version >= since) return
  throw new RowgateError(
    'QUERY_REJECTED',
    `\`${name}\` came with PostgreSQL ${since}, and this server is ${version}; write it in another way.`,
    { details: { subject: name } },
  )
}

/**
 * With `pg_temp` last: where it is not named Postgres looks there first, and a session's leftovers would hide
 * tables.
 */
function pathOf(schemas: readonly string[]): string {
  return [...schemas.map((schema) => `"${schema.replaceAll('"', '""')}"`), 'pg_temp'].join(', ')
}

/**
 * The two members of a client that Drizzle's neon-http session uses, as the whole that it is typed to take.
 */
function asClient(members: {
  query: PostgresClient['query'] | typeof refuse
  transaction(built: Built[]): Promise<unknown>
}): DrizzleClient {
  return members as unknown as DrizzleClient
}

/** A builder that is awaited by itself would run outside the caller's transaction. */
function refuse(): never {
  throw new Error('A statement is run by read() or write(), never by awaiting its builder.')
}
