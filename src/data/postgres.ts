/** Postgres over HTTP: every call is one request that carries one transaction, opened by the caller's seal. */

import { NeonDbError, type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless'
import type { BatchResponse } from 'drizzle-orm/batch'
import { drizzle } from 'drizzle-orm/neon-http'
import { NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Caller } from '../infra/caller.ts'
import { RowgateError } from '../infra/errors.ts'
import type { CallScope, Postgres, Queries, Statements } from './connections.ts'
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
}

/** A request over HTTP leaves nothing open, so there is nothing to close. */
type PostgresCall = Pick<CallScope, 'signal' | 'timeoutMs'>

/** How much longer than Postgres' own limit the answer may take: its error says more than ours. */
const ANSWER_GRACE_MS = 1_000

const ENTER = 'select rowgate.enter($1, $2, $3)'

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

  return (caller, { signal, timeoutMs }) => {
    const deadline = Date.now() + timeoutMs

    async function run<const T extends Statements>(access: Access, build: (db: Queries) => T) {
      const now = Date.now()
      const leftMs = Math.min(Math.ceil(deadline - now), LONGEST_STATEMENT_MS)
      if (leftMs <= 0) throw timedOut()
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

    return {
      read: (build) => run('read', build),
      write: (build) => run('write', build),
    }
  }
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
