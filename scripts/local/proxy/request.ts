/** The local proxy's rules for requests and headers, without a server. */

import { type HostRules, judgeHost } from '../../../src/http/host.ts'

/** Carries the proxy's secret, which tells the Worker that a request came through the proxy. */
export const PROXY_SECRET_HEADER = 'rowgate-proxy-secret'

const LOCALHOST: HostRules = {
  exact: new Set(),
  anyPort: new Set(),
  localhost: true,
  localhostOnly: true,
  misconfigured: false,
}

export interface ProxiedRequest {
  /** The request target as sent. */
  readonly target: string
  /** Names and values alternating, with repeated headers (`IncomingMessage.rawHeaders`). */
  readonly rawHeaders: readonly string[]
}

export interface ProxyRefusal {
  readonly status: number
  readonly message: string
}

/** Gives the refusal, or undefined if the request is accepted. */
export function judgeProxied({ target, rawHeaders }: ProxiedRequest): ProxyRefusal | undefined {
  const headers = pairs(rawHeaders)
  const [host, ...more] = headers.filter(([name]) => name === 'host').map(([, value]) => value)
  if (host === undefined || more.length > 0) return refusals.host
  if (judgeHost(host, LOCALHOST) !== 'allowed') return refusals.foreign
  if (!target.startsWith('/')) return refusals.target
  if (isWranglers(target)) return refusals.path
  if (headers.some(([name]) => name.startsWith('mf-') || name === PROXY_SECRET_HEADER)) return refusals.header
  return undefined
}

const refusals = {
  host: { status: 400, message: 'There must be exactly one Host header.' },
  foreign: { status: 421, message: 'The Host header must be localhost.' },
  target: { status: 400, message: 'The target of the request must be a path.' },
  path: { status: 404, message: 'Not found: the MCP endpoint is /mcp.' },
  header: {
    status: 400,
    message: 'MF-* headers are internal to this server: a client must not send them.',
  },
} as const satisfies Record<string, ProxyRefusal>

/** Paths that wrangler itself serves, among them a browser for the local databases. */
const WRANGLERS = /^\/(?:cdn-cgi|__cf_local)(?:\/|$)/i

function isWranglers(target: string): boolean {
  const url = URL.parse(`http://localhost${target}`)
  return url === null || WRANGLERS.test(url.pathname)
}

/** Hop-by-hop headers (RFC 9110 §7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * Client information that Cloudflare's edge or a proxy sets. Here nothing is in front, so the client forged
 * it.
 */
const EDGES = /^(?:cf-|x-forwarded-|forwarded$|x-real-ip$|true-client-ip$)/

/** The headers to send to the Worker, names and values alternating. */
export function forwardedHeaders(rawHeaders: readonly string[], secret: string): string[] {
  const kept = pairs(rawHeaders).filter(([name]) => !HOP_BY_HOP.has(name) && !EDGES.test(name))
  return [...kept, [PROXY_SECRET_HEADER, secret]].flat()
}

/** The headers to send to the client. */
export function answeredHeaders(rawHeaders: readonly string[]): string[] {
  return pairs(rawHeaders)
    .filter(([name]) => !HOP_BY_HOP.has(name))
    .flat()
}

function pairs(rawHeaders: readonly string[]): [name: string, value: string][] {
  const found: [string, string][] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    found.push([(rawHeaders[index] ?? '').toLowerCase(), rawHeaders[index + 1] ?? ''])
  }
  return found
}
