/** Chooses the driver of Postgres by the deployment's settings. */

import { isLoopback } from '../../infra/config/urls.ts'
import type { PostgresClient, TcpServer } from './driver.ts'

/**
 * Largest response to a caller's own SQL, in bytes. It is parsed and then cut to a thirtieth, the size of our
 * results; the text and values of ten times as much would not fit an isolate.
 */
export const MAX_ANSWER_BYTES = 8_388_608

/** A Postgres' address, and the driver for it. */
export type Target =
  | { readonly driver: 'neon-http'; readonly url: string; readonly fetchEndpoint: string | undefined }
  | { readonly driver: 'tcp'; readonly server: TcpServer }

/** Neon's own hosts; any other is a server or a pooler, reached by TCP. */
const NEON_HOST = /\.neon\.(?:tech|build)$/

/** A Postgres in the settings; the first or the last of these is present. */
export interface PostgresAddress {
  readonly databaseUrl?: string | undefined
  /** An endpoint that speaks Neon's HTTP protocol, when it is not Neon's own. */
  readonly fetchEndpoint?: string | undefined
  /** The connection string of a Hyperdrive binding; it wins over the URL. */
  readonly hyperdrive?: Omit<TcpServer, 'encrypted'> | undefined
}

/**
 * In this order: a Hyperdrive binding; an HTTP endpoint in the settings; Neon's own endpoint for a Neon host;
 * otherwise TCP, with TLS unless the host is loopback.
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

/** Opens the target's driver, which loads at its first use. */
export async function openClient(target: Target): Promise<PostgresClient> {
  if (target.driver === 'tcp') return (await import('./tcp.ts')).openTcp(target.server)
  return await (await import('./neon-http.ts')).openNeonHttp(target.url, target.fetchEndpoint)
}
