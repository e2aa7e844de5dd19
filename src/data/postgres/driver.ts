/** The interface of a Postgres driver. */

import type { FullQueryResults, HTTPQueryOptions } from '@neondatabase/serverless'
import { parseExactly } from '../../infra/exact-number.ts'

/** A statement that has not run yet. Neon's driver has this form, and Drizzle's session builds it. */
export interface Built {
  /** Has the SQL as `query`. */
  readonly queryData: object
  readonly opts?: HTTPQueryOptions<boolean, boolean> | undefined
}

/** Rows are arrays, since two columns may have one name. */
export type Result = FullQueryResults<true>

export interface Flight {
  readonly signal: AbortSignal
  /** Most bytes of the answer; without it, unlimited. Above it: RESULT_TOO_LARGE. */
  readonly maxAnswerBytes?: number | undefined
  /** Takes clean-up work that the response does not wait for. Without it the work is waited for. */
  readonly onEnd?: ((close: () => Promise<void>) => void) | undefined
}

export interface PostgresClient {
  /** Builds a statement; `transaction` runs it. */
  query(text: string, parameters?: readonly unknown[], options?: HTTPQueryOptions<boolean, boolean>): Built
  /**
   * Runs all statements in one transaction and one round trip. Throws the first error, after a rollback.
   * `statements` is called when the server is ready, since they contain the time left from then.
   */
  transaction(
    statements: () => readonly Built[],
    flight: Flight & { readonly readOnly: boolean },
  ): Promise<Result[]>
  /** Runs one statement outside a transaction. */
  execute(text: string, parameters: readonly unknown[], flight: Flight): Promise<Result>
}

/** json and jsonb in pg_type. */
const JSON_OIDS = [114, 3802]

/** Makes a driver's parsers return a number in JSON beyond a double as text. */
export function parseJsonExactly(types: {
  setTypeParser(oid: number, parse: (text: string) => unknown): void
}): void {
  for (const oid of JSON_OIDS) types.setTypeParser(oid, parseExactly)
}

export interface TcpServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /**
   * Whether to use TLS and verify the certificate. Hyperdrive's own end has none: it is within the platform.
   */
  readonly encrypted: boolean
}
