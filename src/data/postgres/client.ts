/** What the connector asks of a driver of Postgres, and which driver a deployment's settings choose. */

import type { FullQueryResults, HTTPQueryOptions } from '@neondatabase/serverless'
import { isLoopback } from '../../infra/config/urls.ts'

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
  /** Runs all of them in one transaction and one round trip. Throws the first error, and nothing is done then. */
  transaction(
    statements: readonly Built[],
    flight: Flight & { readonly readOnly: boolean },
  ): Promise<Result[]>
  /** Runs one statement outside a transaction. */
  execute(text: string, parameters: readonly unknown[], flight: Flight): Promise<Result>
}

/**
 * Bytes of the answer to a caller's own SQL. It is parsed, and then cut to what an answer of ours holds, a thirtieth of it;
 * the text and the values of ten times as much would not fit an isolate.
 */
export const MAX_ANSWER_BYTES = 8_388_608

/** Where a Postgres is, and by which driver it is reached. */
export type Target =
  | { readonly driver: 'neon-http'; readonly url: string; readonly fetchEndpoint: string | undefined }
  | { readonly driver: 'tcp'; readonly server: TcpServer }

export interface TcpServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Whether TLS is asked for, and the certificate verified. Hyperdrive's own end has none: it is within the platform. */
  readonly encrypted: boolean
}

/** Neon's own hosts; everything else is a server or a pooler, reached by TCP. */
const NEON_HOST = /\.neon\.(?:tech|build)$/

/**
 * The rule, in this order: a Hyperdrive binding; an HTTP endpoint that the settings name; Neon's own endpoint for a host
 * of Neon's; else TCP, by TLS unless the host is loopback.
 */
export function targetOf(settings: {
  readonly databaseUrl: string
  readonly fetchEndpoint?: string | undefined
  readonly hyperdrive?: Omit<TcpServer, 'encrypted'> | undefined
}): Target {
  const { databaseUrl, fetchEndpoint, hyperdrive } = settings
  if (hyperdrive !== undefined) {
    const { host, port, user, password, database } = hyperdrive
    return { driver: 'tcp', server: { host, port, user, password, database, encrypted: false } }
  }
  const url = new URL(databaseUrl)
  if (fetchEndpoint !== undefined || NEON_HOST.test(url.hostname))
    return { driver: 'neon-http', url: databaseUrl, fetchEndpoint }
  return { driver: 'tcp', server: serverOf(url) }
}

const DEFAULT_PORT = 5432

function serverOf(url: URL): TcpServer {
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    encrypted: !isLoopback(url.hostname),
  }
}

/** Opens the driver that the target names; it is loaded when it is first used. */
export async function openClient(target: Target): Promise<PostgresClient> {
  if (target.driver === 'tcp') return (await import('./tcp.ts')).openTcp(target.server)
  return (await import('./neon-http.ts')).openNeonHttp(target.url, target.fetchEndpoint)
}
