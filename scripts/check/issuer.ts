/**
 * A real issuer for tests: an HTTP server on a free port that publishes metadata and keys. Tests can break it
 * on purpose.
 */

import { createServer } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { listen } from './listen.ts'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** As published in the key set. */
  readonly jwk: JWK
}

export async function makeKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export interface SignOptions {
  /** A key to sign with instead of the issuer's. */
  readonly key?: SigningKey
  /** Merged over the default header; `undefined` removes a member. */
  readonly header?: Readonly<Record<string, unknown>>
}

export type Fault = 'none' | 'error-status' | 'not-json' | 'no-keys' | 'hang-up' | 'redirect'

export class Issuer {
  readonly url: string
  readonly fetched = { metadata: 0, keys: 0 }
  keys: SigningKey[]
  fault: Fault = 'none'
  /** Target of the fault `redirect`. */
  redirect = ''
  /** Paths of the metadata: OpenID Connect Discovery, or RFC 8414 §3.1. */
  discovery: 'openid' | 'oauth' = 'openid'
  /** Merged over the served metadata. */
  metadata: Readonly<Record<string, unknown>> = {}
  readonly #close: () => Promise<void>

  constructor(url: string, key: SigningKey, close: () => Promise<void>) {
    this.url = url
    this.keys = [key]
    this.#close = close
  }

  get jwksUrl(): string {
    return `${this.url}/jwks`
  }

  /** A token for alice, valid for `http://localhost:4747/mcp`. Each claim can be replaced or removed. */
  async sign(claims: Readonly<Record<string, unknown>> = {}, options: SignOptions = {}): Promise<string> {
    const key = options.key ?? this.keys[0]
    if (key === undefined) throw new Error('the issuer has no key')
    const now = Math.floor(Date.now() / 1000)
    const payload = without({
      iss: this.url,
      aud: 'http://localhost:4747/mcp',
      sub: 'alice',
      iat: now,
      exp: now + 3600,
      scope: 'tasks:read tasks:write',
      ...claims,
    })
    const header = without({ alg: key.jwk.alg ?? 'ES256', kid: key.kid, ...options.header })
    // A test may want an invalid header; jose itself checks that it can sign with it.
    return await new SignJWT(payload as JWTPayload)
      .setProtectedHeader(header as { alg: string })
      .sign(key.privateKey)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
  }
}

function without(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** `path` is for issuers that are not at their host's root. */
export async function startIssuer(path = ''): Promise<Issuer> {
  const key = await makeKey('key-1')
  const server = createServer((request, response) => {
    const isKeys = request.url === `${path}/jwks`
    issuer.fetched[isKeys ? 'keys' : 'metadata'] += 1
    if (issuer.fault === 'hang-up') return request.socket.destroy()
    if (issuer.fault === 'error-status') return response.writeHead(500).end('{}')
    if (issuer.fault === 'redirect') return response.writeHead(302, { Location: issuer.redirect }).end()
    if (issuer.fault === 'not-json') return response.end('<html>')
    if (isKeys && issuer.fault === 'no-keys') return response.end('{"keys":"none"}')
    if (isKeys) return response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }))
    const metadataPaths = {
      openid: `${path}/.well-known/openid-configuration`,
      oauth: `/.well-known/oauth-authorization-server${path}`,
    }
    if (request.url !== metadataPaths[issuer.discovery]) return response.writeHead(404).end()
    return response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: issuer.jwksUrl, ...issuer.metadata }))
  })
  const port = await listen(server)
  const issuer = new Issuer(`http://127.0.0.1:${port}${path}`, key, async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return issuer
}
