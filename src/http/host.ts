/** Host allow-list: guards against DNS rebinding and stray routes. */

import type { MiddlewareHandler } from 'hono'
import { ConfigError } from '../infra/config/settings.ts'
import { isLocalhost } from './localhost.ts'
import { refusal } from './refusal.ts'

export interface HostOptions {
  /** ALLOWED_HOSTS: exact names, or `name:*` for any port. */
  readonly allowed: readonly string[]
  /** PUBLIC_URL, whose host is allowed. */
  readonly publicUrl?: string | undefined
  /** Allows localhost names on any port. */
  readonly development: boolean
  /**
   * Whether the local issuer is trusted. Its private key lies on a developer's disk, so only localhost may be
   * served.
   */
  readonly localIssuer: boolean
}

export type HostVerdict = 'allowed' | 'foreign' | 'localhost-only' | 'misconfigured'

export interface HostRules {
  /** `name` or `name:port`, lower case. */
  readonly exact: ReadonlySet<string>
  /** Names allowed on every port. */
  readonly anyPort: ReadonlySet<string>
  readonly localhost: boolean
  readonly localhostOnly: boolean
  /** The local issuer is trusted although another host than localhost is configured. */
  readonly misconfigured: boolean
}

/**
 * A name, an IPv4 address or a bracketed IPv6 address, and an optional port. No user, path, list, trailing
 * dot or escape.
 */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::[0-9]{1,5})?$/

/** Throws `ConfigError` for an entry that could never match or would match too much. */
export function hostRules(options: HostOptions): HostRules {
  const exact = new Set<string>()
  const anyPort = new Set<string>()
  for (const entry of options.allowed.map((name) => name.toLowerCase())) {
    const wild = entry.endsWith(':*')
    const name = wild ? entry.slice(0, -2) : entry
    const hostname = AUTHORITY.exec(name)?.[1]
    if (hostname === undefined || (wild && hostname !== name)) {
      throw new ConfigError(
        'ALLOWED_HOSTS is wrong: each entry must be an exact host name, perhaps with a port, or `name:*` for any port.',
      )
    }
    ;(wild ? anyPort : exact).add(name)
  }
  if (options.publicUrl !== undefined) exact.add(new URL(options.publicUrl).host)
  const foreign = [...exact, ...anyPort].some((name) => !isLocalhost(AUTHORITY.exec(name)?.[1] ?? name))
  return {
    exact,
    anyPort,
    localhost: options.development,
    localhostOnly: options.localIssuer,
    misconfigured: options.localIssuer && foreign,
  }
}

/** `authority`: the Host header's value, or the part of a URL between `//` and the path. */
export function judgeHost(authority: string, rules: HostRules): HostVerdict {
  if (rules.misconfigured) return 'misconfigured'
  const name = authority.toLowerCase()
  const hostname = AUTHORITY.exec(name)?.[1]
  if (hostname === undefined) return 'foreign'
  const local = isLocalhost(hostname)
  if (rules.localhostOnly && !local) return 'localhost-only'
  if (rules.localhost && local) return 'allowed'
  return rules.exact.has(name) || rules.anyPort.has(hostname) ? 'allowed' : 'foreign'
}

/** The authority as written: `new URL()` would normalise what the guard must see. */
function authorityOf(url: string): string {
  const start = url.indexOf('//') + 2
  const end = url.slice(start).search(/[/?#\\]/)
  return end === -1 ? url.slice(start) : url.slice(start, start + end)
}

const MISDIRECTED = 421

const refusals = {
  foreign: refusal(
    MISDIRECTED,
    'This server does not answer to that Host. Its operator can add the name to the ALLOWED_HOSTS variable.',
  ),
  'localhost-only': refusal(
    MISDIRECTED,
    'This server trusts the local issuer and so answers to localhost only. To serve another name, unset LOCAL_JWKS and set AUTH_ISSUER.',
  ),
  misconfigured: refusal(
    500,
    'LOCAL_JWKS is set while ALLOWED_HOSTS or PUBLIC_URL names a host other than localhost: the local issuer must never guard a reachable server. Unset LOCAL_JWKS and set AUTH_ISSUER.',
  ),
} as const

/**
 * Both the Host header and the URL's authority must be allowed. workerd builds the URL from the raw header
 * and checks neither, its development proxy normalises both, and an in-memory request has no header.
 * `X-Forwarded-Host` is never read: any client can write it.
 */
export function hostGuard(options: HostOptions): MiddlewareHandler {
  const rules = hostRules(options)

  return async function hostGuard(c, next) {
    const authority = authorityOf(c.req.url)
    const verdict = judgeHost(authority, rules)
    if (verdict !== 'allowed') return refusals[verdict]()
    const header = c.req.raw.headers.get('host')
    if (header !== null && header !== authority) {
      const second = judgeHost(header, rules)
      if (second !== 'allowed') return refusals[second]()
    }
    return next()
  }
}
