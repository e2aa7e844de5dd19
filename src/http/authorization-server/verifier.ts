/** Accepts this server's access tokens, under the host that they were made for, until their grant ends. */

import type { JWTVerifyGetKey } from 'jose'
import { callerOf } from '../auth/claims.ts'
import { consoleClientId } from '../auth/console-client-id.ts'
import { checkJwt, claimsOf, MAX_TOKEN_LENGTH } from '../auth/jwt.ts'
import type { ResourceUrls } from '../auth/protected-resource.ts'
import { scopePrefix } from '../auth/scope-prefix.ts'
import type { TokenVerdict, Verifier } from '../auth/token.ts'
import { createTokenCache } from '../auth/token-cache.ts'
import { GRANT_CLAIM } from './access-token.ts'

export interface TokenVerifierOptions {
  readonly issuer: (requestUrl: string) => string
  readonly resource: ResourceUrls['resource']
  readonly keys: JWTVerifyGetKey
  readonly tenantClaim: string | undefined
  /** Further claims that a caller keeps. */
  readonly kept: readonly string[]
  readonly ended: (grantId: string) => boolean
  readonly now: () => number
}

export interface TokenVerifier {
  /** Looks at each token before the other verifier does. */
  before(others: Verifier): Verifier
  /** The grant of an access token that is valid here. */
  grantOf(token: string, requestUrl: string): Promise<string | undefined>
}

export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const { issuer, resource, now } = options
  const cache = createTokenCache()
  const prefix = scopePrefix()

  async function payloadOf(token: string, requestUrl: string) {
    const trust = { issuer: issuer(requestUrl), audience: resource(requestUrl), keys: options.keys }
    return await checkJwt(token, trust, now())
  }

  async function verify(token: string, requestUrl: string): Promise<TokenVerdict> {
    const jwt = await payloadOf(token, requestUrl)
    if ('problem' in jwt) return { kind: 'invalid', description: jwt.problem }
    if (options.ended(String(jwt.payload[GRANT_CLAIM]))) {
      return { kind: 'invalid', description: 'The login of the token was revoked' }
    }
    const consoleClient = consoleClientId({}, requestUrl)
    const verdict = callerOf(jwt.payload, { ...options, prefix, consoleClient })
    if ('problem' in verdict) return { kind: 'invalid', description: verdict.problem }
    // The signature is checked each time, since the grant may end; the caller stays the same object.
    const caller = cache.put(token, verdict.caller, (jwt.payload.exp ?? 0) * 1000, now())
    return { kind: 'verified', caller }
  }

  return {
    before: (others) => ({
      cached: others.cached,
      async verify(token, requestUrl) {
        const own = token.length <= MAX_TOKEN_LENGTH && claimsOf(token)?.iss === issuer(requestUrl)
        return await (own ? verify(token, requestUrl) : others.verify(token, requestUrl))
      },
    }),
    async grantOf(token, requestUrl) {
      const jwt = await payloadOf(token, requestUrl)
      return 'problem' in jwt ? undefined : String(jwt.payload[GRANT_CLAIM])
    },
  }
}
