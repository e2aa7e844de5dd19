/** Finds an issuer's `jwks_uri` in its metadata (OpenID Connect Discovery 1.0, RFC 8414). */

/** The issuer did not answer, or not as the standards say. It does not mean that the token is bad. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable'
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Timeout of one request to the issuer, in milliseconds. A caller waits for it. */
export const ISSUER_TIMEOUT_MS = 5_000

/** Redirects are refused: the URL is configured, or given by the issuer. */
export async function fetchJson(url: string, fetch: Fetch): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS),
    })
    if (response.status !== 200) throw new IssuerUnavailable(`${url} answered ${response.status}`)
    return await response.json()
  } catch (cause) {
    if (cause instanceof IssuerUnavailable) throw cause
    throw new IssuerUnavailable(`${url} could not be read`, { cause })
  }
}

/** OpenID Connect appends to the issuer's path; RFC 8414 §3.1 inserts before it. */
function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

/**
 * `undefined` unless the metadata's `issuer` is exactly this one (RFC 8414 §3.3) and `jwks_uri` is https, or
 * has the issuer's own scheme.
 */
function jwksUri(metadata: unknown, issuer: string): string | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined
  if (!('issuer' in metadata) || metadata.issuer !== issuer || !('jwks_uri' in metadata)) return undefined
  const uri = metadata.jwks_uri
  if (typeof uri !== 'string' || !URL.canParse(uri)) return undefined
  const { protocol } = new URL(uri)
  return protocol === 'https:' || protocol === new URL(issuer).protocol ? uri : undefined
}

/** Throws `IssuerUnavailable` if no usable metadata can be fetched. */
export async function discoverJwksUrl(issuer: string, fetch: Fetch): Promise<string> {
  let cause: unknown
  for (const url of metadataUrls(issuer)) {
    try {
      const uri = jwksUri(await fetchJson(url, fetch), issuer)
      if (uri !== undefined) return uri
    } catch (error) {
      cause = error
    }
  }
  throw new IssuerUnavailable('the issuer publishes no usable metadata', { cause })
}
