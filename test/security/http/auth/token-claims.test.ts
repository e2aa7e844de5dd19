/**
 * Threat: a genuine signature over claims that were not meant for this server, this moment, or anyone at all.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../../scripts/check/issuer.ts'
import { httpAppOf } from '../../../support/product/http-app.ts'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(async () => {
  await issuer[Symbol.asyncDispose]()
})

const now = () => Math.floor(Date.now() / 1000)

describe('a token is refused when', () => {
  test.each<[string, () => Record<string, unknown>]>([
    ['its audience is another resource', () => ({ aud: 'https://other.example/mcp' })],
    ['its audience only begins like ours', () => ({ aud: 'http://localhost:4747/mcp2' })],
    ['it has no audience', () => ({ aud: undefined })],
    ['its audience list is empty', () => ({ aud: [] })],
    ['its issuer is another', () => ({ iss: 'https://evil.example' })],
    ['its issuer differs by a slash', () => ({ iss: `${issuer.url}/` })],
    ['it has no issuer', () => ({ iss: undefined })],
    ['its issuer is a list', () => ({ iss: [issuer.url] })],
    ['it has expired', () => ({ exp: now() - 60 })],
    ['it never expires', () => ({ exp: undefined })],
    ['its expiry is text', () => ({ exp: String(now() + 60) })],
    ['it is not valid yet', () => ({ nbf: now() + 60 })],
    ['its subject is empty', () => ({ sub: '' })],
    ['its subject is blank', () => ({ sub: ' \t' })],
    ['it has no subject', () => ({ sub: undefined })],
    ['its subject is a number', () => ({ sub: 42 })],
    ['its subject holds a NUL', () => ({ sub: 'alice\u0000' })],
    ['its subject is longer than 255 characters', () => ({ sub: 'a'.repeat(256) })],
  ])('%s', async (_, claims) => {
    const { call, callers } = httpAppOf(issuer)
    const response = await call(await issuer.sign(claims()))
    expect(response.status).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toContain('error="invalid_token"')
    expect(callers).toEqual([])
  })
})

describe('a token is accepted when', () => {
  test.each<[string, () => Record<string, unknown>]>([
    ['it is whole', () => ({})],
    ['its audience list names this resource too', () => ({ aud: ['x', 'http://localhost:4747/mcp'] })],
    ['its subject has 255 characters', () => ({ sub: 'a'.repeat(255) })],
    ['it expired within the clocks’ tolerance', () => ({ exp: now() - 2 })],
  ])('%s', async (_, claims) => {
    const response = await httpAppOf(issuer).call(await issuer.sign(claims()))
    expect(response.status).toBe(200)
  })
})
