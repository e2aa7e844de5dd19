/** Threat: a token that nobody signed, that anybody could have signed, or that brings its own key along. */

import { createServer } from 'node:http'
import { base64url, exportSPKI, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Issuer, makeKey, type SigningKey, startIssuer } from '../../../../scripts/check/issuer.ts'
import { listen } from '../../../../scripts/check/listen.ts'
import { httpAppOf } from '../../../support/product/http-app.ts'

let issuer: Issuer
let foreign: SigningKey
/** An address that a hostile token points at, with its key behind it. */
let lure: string
let lured = 0
const lureServer = createServer((_, response) => {
  lured += 1
  response.end(JSON.stringify({ keys: [foreign.jwk] }))
})

beforeAll(async () => {
  issuer = await startIssuer()
  foreign = await makeKey('key-1')
  const port = await listen(lureServer)
  lure = `http://127.0.0.1:${port}/jwks`
})
afterAll(async () => {
  await new Promise((resolve) => lureServer.close(resolve))
  await issuer[Symbol.asyncDispose]()
})

function encode(value: unknown): string {
  return base64url.encode(JSON.stringify(value))
}

async function payloadOf(token: string): Promise<string> {
  return token.split('.')[1] ?? ''
}

async function publicKeySpellings(): Promise<string[]> {
  const { publicKey, jwk } = issuer.keys[0] ?? foreign
  const pem = await exportSPKI(publicKey)
  return [pem, pem.trim(), JSON.stringify(jwk), String(jwk.x)]
}

async function refusedBy(token: string, by: Issuer = issuer): Promise<string> {
  const { call, callers } = httpAppOf(by)
  const response = await call(token)
  expect(response.status).toBe(401)
  expect(callers).toEqual([])
  return response.headers.get('WWW-Authenticate') ?? ''
}

/**
 * Refused for its algorithm, before any key is looked for: jose's key set, which knows no secrets, is not
 * what stops it.
 */
async function refusedForItsAlgorithm(token: string, by?: Issuer): Promise<void> {
  expect(await refusedBy(token, by)).toContain('signed with an algorithm that is not allowed')
}

test.each(['none', 'None', 'NONE', 'nOnE', 'HS256', 'HS512', 'A256GCMKW'])(
  'the algorithm "%s" is refused',
  async (alg) => {
    const payload = await payloadOf(await issuer.sign())
    await refusedForItsAlgorithm(`${encode({ alg, kid: 'key-1' })}.${payload}.`)
    await refusedForItsAlgorithm(`${encode({ alg, kid: 'key-1' })}.${payload}.AAAA`)
  },
)

test.each(['', undefined, null, 7, ['ES256']])('an algorithm that is no name is refused: %j', async (alg) => {
  await refusedBy(`${encode({ alg, kid: 'key-1' })}.${await payloadOf(await issuer.sign())}.AAAA`)
})

test('a token signed with HS256 and the public key as its secret is refused', async () => {
  for (const spelling of await publicKeySpellings()) {
    const token = await new SignJWT({ sub: 'alice' })
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .setIssuer(issuer.url)
      .setAudience('http://localhost:4747/mcp')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(spelling))
    await refusedForItsAlgorithm(token)
  }
})

test('a secret that the issuer publishes by mistake signs nothing', async () => {
  await using careless = await startIssuer()
  const secret = new Uint8Array(32).fill(7)
  const key = await makeKey('hs')
  careless.keys = [{ ...key, jwk: { kty: 'oct', k: base64url.encode(secret), kid: 'hs', alg: 'HS256' } }]
  const token = await new SignJWT({ sub: 'alice' })
    .setProtectedHeader({ alg: 'HS256', kid: 'hs' })
    .setIssuer(careless.url)
    .setAudience('http://localhost:4747/mcp')
    .setExpirationTime('1h')
    .sign(secret)
  await refusedForItsAlgorithm(token, careless)
})

test('a stranger’s key under a known kid is refused', async () => {
  await refusedBy(await issuer.sign({}, { key: foreign }))
})

test.each<[string, () => Record<string, unknown>]>([
  ['an embedded jwk', () => ({ jwk: foreign.jwk })],
  ['an embedded jwk and no kid', () => ({ jwk: foreign.jwk, kid: undefined })],
  ['a jku', () => ({ jku: lure })],
  ['a jku and an unknown kid', () => ({ jku: lure, kid: 'elsewhere' })],
  ['an x5u', () => ({ x5u: lure })],
  ['an x5c', () => ({ x5c: ['MIIB'] })],
  ['a kid that is a path', () => ({ kid: '../../dev/null' })],
  ['a kid that is a URL', () => ({ kid: lure })],
  ['a kid that is a list', () => ({ kid: ['key-1'] })],
])('%s is not honoured', async (_, header) => {
  lured = 0
  await refusedBy(await issuer.sign({}, { key: foreign, header: header() }))
  expect(lured).toBe(0)
})

test.each<[string, Record<string, unknown>]>([
  ['an unknown extension', { crit: ['exp'], exp: 1 }],
  ['an unencoded payload', { crit: ['b64'], b64: true }],
  ['nothing', { crit: [] }],
])('a crit that names %s is refused, however well the token is signed', async (_, extra) => {
  const { key, claims } = { key: issuer.keys[0] ?? foreign, claims: await payloadOf(await issuer.sign()) }
  const input = `${encode({ alg: 'ES256', kid: 'key-1', ...extra })}.${claims}`
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(algorithm, key.privateKey, new TextEncoder().encode(input))
  await refusedBy(`${input}.${base64url.encode(new Uint8Array(signature))}`)
})

test('a changed claim, a cut signature and a swapped signature are refused', async () => {
  const [header, payload, signature] = (await issuer.sign()).split('.')
  const [, , other] = (await issuer.sign({ sub: 'bob' })).split('.')
  const admin = encode({
    ...JSON.parse(new TextDecoder().decode(base64url.decode(payload ?? ''))),
    sub: 'root',
  })
  await refusedBy(`${header}.${admin}.${signature}`)
  await refusedBy(`${header}.${payload}.${signature?.slice(0, -4)}`)
  await refusedBy(`${header}.${payload}.${other}`)
  await refusedBy(`${header}.${payload}.`)
  await refusedBy(`${header}.${payload}`)
})

test('a token longer than the limit is refused', async () => {
  await refusedBy(await issuer.sign({ padding: 'x'.repeat(8_192) }))
})
