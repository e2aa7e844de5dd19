/** Which driver of Postgres a deployment's settings choose. */

import { isLoopback } from '../../infra/config/urls.ts'
import type { PostgresClient, TcpServer } from './driver.ts'

/**
 * Bytes of the answer to a caller's own SQL. It is parsed, and then cut to what an answer of ours holds, a
 * thirtieth of it; the text and the values of ten times as much would not fit an isolate.
 */
export const MAX_ANSWER_BYTES = 8_388_608

/** Where a Postgres is, and by which driver it is reached. */
export type Target =
  | { readonly driver: 'neon-http'; readonly url: string; readonly fetchEndpoint: string | undefined }
  | { readonly driver: 'tcp'; readonly server: TcpServer }

/** Neon's own hosts; everything else is a server or a pooler, reached by TCP. */
const NEON_HOST = /\.neon\.(?:tech|build)$/

/** What a deployment's settings say of it; at least one of the first and the last is there. */
export interface PostgresAddress {
  readonly databaseUrl?: string | undefined
  /** An endpoint that speaks Neon's HTTP protocol, when it is not Neon's own. */
  readonly fetchEndpoint?: string | undefined
  /** What a Hyperdrive binding connects with; it wins over the URL. */
  readonly hyperdrive?: Omit<TcpServer, 'encrypted'> | undefined
}

/**
 * The rule, in this order: a Hyperdrive binding; an HTTP endpoint that the settings name; Neon's own endpoint
 * for a host of Neon's; else TCP, by TLS unless the host is loopback.
 */
export function targetOf({ databaseUrl, fetchEndpoint, hyperdrive }: PostgresAddress): Target {
  if (hyperdrive !== undefined) {
    const { host, port, user, password, database } = hyperdrive
    return { driver: 'tcp', server: { host, port, user, password, database, encrypted: false } }
  }
  if (databaseUrl === undefined) throw new Error('Neither a URL nor a binding names the database.')
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
