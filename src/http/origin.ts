/**
 * Origin allow-list and CORS. The deployment's own pages pass, and so does a request without an Origin, which
 * is not from a browser. A foreign Origin is refused.
 */

import type { MiddlewareHandler } from 'hono'
import { ConfigError } from '../infra/config/settings.ts'
import { isLocalhost } from './localhost.ts'
import { refusal } from './refusal.ts'

export interface OriginOptions {
  /** ALLOWED_ORIGINS: scheme, host and port. */
  readonly allowed: readonly string[]
  /** Allows pages served from localhost, on any port. */
  readonly development: boolean
}

type OriginVerdict = 'allowed' | 'foreign'

/** Lifetime of a preflight in a browser's cache, in seconds: Chromium's maximum. */
const PREFLIGHT_MAX_AGE_S = 7200

/**
 * Headers that MCP clients send (Streamable HTTP transport, SEP-2243), lower case. Tools name `Mcp-Param-*`
 * themselves.
 */
const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'traceparent',
  'tracestate',
])
const PARAM_HEADER = /^mcp-param-[a-z0-9_.-]+$/

const EXPOSED_HEADERS = 'WWW-Authenticate, Retry-After'

/** Throws `ConfigError` for an entry that is not an origin. */
export function originSet(allowed: readonly string[]): ReadonlySet<string> {
  return new Set(
    allowed.map((entry) => {
      const origin = URL.canParse(entry) ? new URL(entry).origin : 'null'
      if (origin === 'null' || entry.includes('*') || entry.toLowerCase().replace(/\/$/, '') !== origin) {
        throw new ConfigError(
          'ALLOWED_ORIGINS is wrong: each entry must be an exact origin, such as `https://app.example.com`.',
        )
      }
      return origin
    }),
  )
}

/** `own`: the origin of the request's URL, whose host the host guard has checked. */
function judgeOrigin(
  origin: string,
  own: string,
  allowed: ReadonlySet<string>,
  development: boolean,
): OriginVerdict {
  if (origin === own || allowed.has(origin)) return 'allowed'
  if (!development || !URL.canParse(origin)) return 'foreign'
  const url = new URL(origin)
  // A browser sends the normalised origin; any other spelling is not a browser's.
  return url.origin === origin && isLocalhost(url.hostname) ? 'allowed' : 'foreign'
}

/** Requested headers that are allowed, for `Access-Control-Allow-Headers`. */
function allowedHeaders(requested: string): string {
  const names = requested.toLowerCase().split(',')
  return names
    .map((name) => name.trim())
    .filter((name) => REQUEST_HEADERS.has(name) || PARAM_HEADER.test(name))
    .join(', ')
}

const foreign = refusal(
  403,
  'Pages of this origin may not call. The operator can add it to the ALLOWED_ORIGINS variable.',
  { Vary: 'Origin' },
)

function preflight(origin: string, requested: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': allowedHeaders(requested),
      'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_S),
      Vary: 'Origin, Access-Control-Request-Headers',
    },
  })
}

/** No `Access-Control-Allow-Credentials`: the page sends the token in a header, never in a cookie. */
export function originGuard(options: OriginOptions): MiddlewareHandler {
  const allowed = originSet(options.allowed)

  return async function originGuard(c, next) {
    const headers = c.req.raw.headers
    const origin = headers.get('origin')
    if (origin === null) return next()
    const own = new URL(c.req.url).origin
    if (judgeOrigin(origin, own, allowed, options.development) === 'foreign') return foreign()
    if (c.req.method === 'OPTIONS' && headers.has('access-control-request-method')) {
      return preflight(origin, headers.get('access-control-request-headers') ?? '')
    }
    await next()
    c.header('Access-Control-Allow-Origin', origin)
    c.header('Access-Control-Expose-Headers', EXPOSED_HEADERS)
    c.header('Vary', 'Origin', { append: true })
    return
  }
}
