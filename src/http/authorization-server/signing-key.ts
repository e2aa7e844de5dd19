/** LOCAL_ISSUER_KEY: the private key of the local issuer, whose public half LOCAL_JWKS holds. */

import { base64url, type CryptoKey, importJWK, type JWK } from 'jose'
import { ConfigError } from '../../infra/config/settings.ts'

export const ALGORITHM = 'ES256'

export interface SigningKey {
  readonly kid: string
  /** The private number's bytes, from which other secrets are derived. */
  readonly secret: Uint8Array<ArrayBuffer>
  privateKey(): Promise<CryptoKey>
}

/** Throws `ConfigError` unless the text is the JSON of a private P-256 key with its id. */
export function readSigningKey(text: string): SigningKey {
  const jwk = parse(text)
  const { d, kid, kty, crv } = jwk
  if (kty !== 'EC' || crv !== 'P-256' || typeof d !== 'string' || typeof kid !== 'string') throw wrong()
  let imported: CryptoKey | undefined
  return {
    kid,
    secret: new Uint8Array(base64url.decode(d)),
    async privateKey() {
      // The cast: only a symmetric key would come as bytes.
      imported ??= (await importJWK(jwk, ALGORITHM)) as CryptoKey
      return imported
    },
  }
}

function parse(text: string): JWK {
  try {
    return { ...JSON.parse(text) }
  } catch (cause) {
    throw wrong(cause)
  }
}

function wrong(cause?: unknown): ConfigError {
  return new ConfigError(
    'LOCAL_ISSUER_KEY is wrong: it must be the JSON of a private P-256 key with its kid.',
    {
      cause,
    },
  )
}
