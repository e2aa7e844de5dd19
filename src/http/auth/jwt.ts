/** Checks a JWT: signature, issuer, audience and times. What its claims mean is for `claims.ts`. */

import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { IssuerUnavailable } from './discovery.ts'

/** The only issuer, audience and keys that are accepted. */
export interface Trust {
  readonly issuer: string
  readonly audience: string
  readonly keys: JWTVerifyGetKey
}

/** `problem` is our own text without any of the token's contents. */
export type JwtVerdict = { readonly payload: JWTPayload } | { readonly problem: string }

/** Asymmetric algorithms only: with a shared secret (HS256) whoever verifies tokens could also make them. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** In characters: twice the size of tokens that list groups. Bounds what is decoded and cached. */
export const MAX_TOKEN_LENGTH = 8_192

/** Tolerated clock difference to the issuer, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** The reason for a refused token: enough to repair the client, without telling the parts of a key apart. */
function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case 'aud':
        return 'The token is not meant for this resource (aud)'
      case 'nbf':
        return 'The token is not valid yet (nbf)'
      case 'exp':
        return 'The token has no usable expiry (exp)'
    }
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'The token names no key of its issuer (kid)'
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return 'The token is signed with an algorithm that is not allowed'
  return 'The token is malformed or its signature is wrong'
}

/** The unverified claims, which select the keys; `undefined` if the token is not an acceptable JWT. */
export function claimsOf(token: string): JWTPayload | undefined {
  try {
    // `crit` demands extensions (RFC 7515 §4.1.11); none is supported.
    if (decodeProtectedHeader(token).crit !== undefined) return undefined
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

/** `now` in milliseconds. Rejects with `IssuerUnavailable`. */
export async function checkJwt(token: string, trust: Trust, now: number): Promise<JwtVerdict> {
  try {
    const { payload } = await jwtVerify(token, trust.keys, {
      algorithms: ALGORITHMS,
      issuer: trust.issuer,
      audience: trust.audience,
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'sub'],
    })
    return { payload }
  } catch (error) {
    if (error instanceof IssuerUnavailable) throw error
    return { problem: describe(error) }
  }
}
