/** What the connector asks of a driver of Postgres. */

import type { FullQueryResults, HTTPQueryOptions } from '@neondatabase/serverless'

/** A statement that waits to be run. Neon's driver has this form, and Drizzle's session builds it. */
export interface Built {
  /** Holds the text as `query`. */
  readonly queryData: object
  readonly opts?: HTTPQueryOptions<boolean, boolean> | undefined
}

/** Rows are arrays, since two columns may have one name. */
export type Result = FullQueryResults<true>

export interface Flight {
  readonly signal: AbortSignal
  /** Bytes of the answer; without it, any number. Beyond it: RESULT_TOO_LARGE. */
  readonly maxAnswerBytes?: number | undefined
  /** Takes work that the answer does not wait for. Without it the work is waited for. */
  readonly onEnd?: ((close: () => Promise<void>) => void) | undefined
}

export interface PostgresClient {
  /** Builds a statement; `transaction` runs it. */
  query(text: string, parameters?: readonly unknown[], options?: HTTPQueryOptions<boolean, boolean>): Built
  /**
   * Runs all of them in one transaction and one round trip. Throws the first error, and nothing is done then.
   * They are asked for when the server listens, since what they say of the time that is left begins then.
   */
  transaction(
    statements: () => readonly Built[],
    flight: Flight & { readonly readOnly: boolean },
  ): Promise<Result[]>
  /** Runs one statement outside a transaction. */
  execute(text: string, parameters: readonly unknown[], flight: Flight): Promise<Result>
}

export interface TcpServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /**
   * Whether TLS is asked for, and the certificate verified. Hyperdrive's own end has none: it is within the
   * platform.
   */
  readonly encrypted: boolean
}
