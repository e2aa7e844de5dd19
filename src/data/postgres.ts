/** Postgres over HTTP: every call is one request that carries one transaction, opened by the caller's seal. */

import {
  type FullQueryResults,
  type HTTPQueryOptions,
  NeonDbError,
  type NeonQueryFunction,
  neon,
  neonConfig,
} from '@neondatabase/serverless'
import type { BatchResponse } from 'drizzle-orm/batch'
import { drizzle } from 'drizzle-orm/neon-http'
import { NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import type { CallScope, Postgres, Queries, SandboxStatement, Statements, TextRows } from './connections.ts'
import { createSealer } from './identity.ts'
import { errorOfSqlstate } from './sqlstate.ts'

export interface PostgresSettings {
  /** The restricted login. */
  readonly databaseUrl: string
  /** Where the HTTP endpoint is, when it is not Neon's own. */
  readonly fetchEndpoint?: string | undefined
  /** `id:base64`. */
  readonly identityKey: string
  /** Whether an error may say how to start the database. */
  readonly development: boolean
  /** What the planner may expect a caller's own statement to cost, in its units. */
  readonly maxPlanCost?: number | undefined
}

/** A request over HTTP leaves nothing open, so there is nothing to close. */
type PostgresCall = Pick<CallScope, 'signal' | 'timeoutMs'>

/** How much longer than Postgres' own limit the answer may take: its error says more than ours. */
const ANSWER_GRACE_MS = 1_000

const ENTER = 'select rowgate.enter($1, $2, $3)'
const ENTER_SANDBOX = "select rowgate.enter($1, 'read', $2), pg_catalog.set_config('search_path', $3, true)"
const LIMIT_PLAN = 'select rowgate.limit_plan($1, $2::text[], $3)'

/** Some seconds of work on a small machine; a scan of ten million rows. */
const DEFAULT_MAX_PLAN_COST = 1_000_000

const UNREACHABLE = 'The database cannot be reached; try again shortly.'
const UNREACHABLE_IN_DEVELOPMENT =
  'The database cannot be reached. `npm start` starts one; otherwise check DATABASE_URL and DATABASE_FETCH_ENDPOINT.'

/** `rowgate.enter` takes no more than an hour. */
const LONGEST_STATEMENT_MS = 3_600_000

type Access = 'read' | 'write'
type Client = NeonQueryFunction<boolean, boolean>
type Built = ReturnType<Client['query']>

const dialect = new PgDialect()

/**
 * Made once per isolate; what it returns is made per call and costs next to nothing. The driver's settings are global,
 * so an isolate talks to one Postgres.
 */
export function createPostgres(settings: PostgresSettings): (caller: Caller, call: PostgresCall) => Postgres {
  if (settings.fetchEndpoint !== undefined) neonConfig.fetchEndpoint = settings.fetchEndpoint
  const client: Client = neon(settings.databaseUrl, { fullResults: true })
  const queries: Queries = drizzle(asClient({ query: refuse, transaction: refuse }))
  const sealFor = createSealer(settings.identityKey)
  const maxPlanCost = settings.maxPlanCost ?? DEFAULT_MAX_PLAN_COST

  return (caller, { signal, timeoutMs }) => {
    const deadline = Date.now() + timeoutMs

    function timeLeft(now: number): number {
      const leftMs = Math.min(Math.ceil(deadline - now), LONGEST_STATEMENT_MS)
      if (leftMs <= 0) throw timedOut()
      return leftMs
    }

    async function run<const T extends Statements>(access: Access, build: (db: Queries) => T) {
      const now = Date.now()
      const leftMs = timeLeft(now)
      const enter = client.query(ENTER, [await sealFor(caller, now), access, leftMs])
      const transaction = async (built: Built[]) => {
        const send = (fetchOptions: object) =>
          client.transaction([enter, ...built], { fetchOptions, readOnly: access === 'read' })
        const results = await withinTime(send, signal, leftMs, settings.development)
        return results.slice(1)
      }
      const session = new NeonHttpSession(asClient({ query: client.query, transaction }), dialect, undefined)
      // `batch` answers with what each builder declares, in order; its own type for that is `any`.
      return (await session.batch(build(queries))) as BatchResponse<T>
    }

    async function sandbox(statement: SandboxStatement): Promise<TextRows> {
      const now = Date.now()
      const leftMs = timeLeft(now)
      const enter = [await sealFor(caller, now), leftMs, pathOf(statement.searchPath)]
      const batch = [[ENTER_SANDBOX, enter] as const, ...sandboxed(statement, maxPlanCost)]
      const built = batch.map(([text, parameters]) => client.query(text, [...parameters], AS_TEXT))
      const send = (fetchOptions: object) =>
        client.transaction(built, { ...AS_ARRAYS, fetchOptions, readOnly: true })
      return textRows((await withinTime(send, signal, leftMs, settings.development)).at(-1))
    }

    return {
      read: (build) => run('read', build),
      write: (build) => run('write', build),
      sandbox,
    }
  }
}

const EXPLAIN = { expected: 'explain (format json) ', run: 'explain (analyze, format json) ' } as const

/**
 * The caller's statement with what comes before it. Where it runs, it is prepared under a name first, as a statement of its own so
 * that the protocol lets no second one by; the plan is judged under that name.
 */
function sandboxed({ text, parameters, explain }: SandboxStatement, maxPlanCost: number) {
  const last = [`${explain === undefined ? '' : EXPLAIN[explain]}${text}`, parameters] as const
  if (explain === 'expected') return [last]
  const name = `rowgate_${crypto.randomUUID()}`
  return [
    [`prepare "${name}" as ${text}`, []] as const,
    [LIMIT_PLAN, [name, parameters, maxPlanCost]] as const,
    last,
  ]
}

/** Rows as arrays, since two columns may have one name. */
const AS_ARRAYS = { arrayMode: true, fullResults: true } as const
/** Values as the text that Postgres printed. In a batch the driver takes this from each statement, and from nowhere else. */
const AS_TEXT: HTTPQueryOptions<boolean, boolean> = {
  types: { getTypeParser: () => (text: string) => text },
}

function textRows(result: FullQueryResults<true> | undefined): TextRows {
  if (result === undefined) throw new Error('The database answered fewer statements than it was sent.')
  return {
    columns: result.fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID })),
    rows: result.rows.map((row) => row.map((value: unknown) => (value === null ? null : String(value)))),
  }
}

function pathOf(schemas: readonly string[]): string {
  return schemas.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(', ')
}

/** The two members of the driver's client that Drizzle's neon-http session uses, as the whole that it is typed to take. */
function asClient(members: {
  query: Client['query'] | typeof refuse
  transaction(built: Built[]): Promise<unknown>
}): Client {
  return members as unknown as Client
}

/** A builder that is awaited by itself would run outside the caller's transaction. */
function refuse(): never {
  throw new Error('A statement is run by read() or write(), never by awaiting its builder.')
}

async function withinTime<T>(
  send: (fetchOptions: object) => Promise<T>,
  signal: AbortSignal,
  leftMs: number,
  development: boolean,
): Promise<T> {
  const expiry = new AbortController()
  const timer = setTimeout(() => expiry.abort(), leftMs + ANSWER_GRACE_MS)
  try {
    // A redirect is never followed: the request's headers hold the login.
    return await send({ signal: AbortSignal.any([signal, expiry.signal]), redirect: 'manual' })
  } catch (error) {
    if (signal.aborted) throw new RowgateError('UNAVAILABLE', 'The call was cancelled.', { cause: error })
    if (expiry.signal.aborted) throw timedOut(error)
    if (error instanceof NeonDbError && error.code !== undefined) throw errorOfSqlstate(error.code, error)
    throw new RowgateError('UNAVAILABLE', development ? UNREACHABLE_IN_DEVELOPMENT : UNREACHABLE, {
      cause: error,
      retryable: true,
    })
  } finally {
    clearTimeout(timer)
  }
}

function timedOut(cause?: unknown): RowgateError {
  return new RowgateError('QUERY_TIMEOUT', 'The call ran out of time before the database answered.', {
    cause,
  })
}
