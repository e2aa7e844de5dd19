/**
 * Threat: made-up key ids that make this server flood its issuer, and an issuer that is down when it is
 * needed.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Fault,
  type Issuer,
  makeKey,
  type SigningKey,
  startIssuer,
} from '../../../../scripts/check/issuer.ts'
import { httpApp, httpAppOf } from '../../../support/product/http-app.ts'

const MINUTE = 60_000

let issuer: Issuer
beforeEach(async () => {
  issuer = await startIssuer()
})
afterEach(async () => {
  await issuer[Symbol.asyncDispose]()
})

/** A token that outlives every clock moved here. */
function lasting(key?: SigningKey, header?: Record<string, unknown>): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 86_400
  return issuer.sign({ exp, jti: crypto.randomUUID() }, { ...(key && { key }), ...(header && { header }) })
}

describe('a flood of unknown key ids', () => {
  test('costs the issuer one fetch a minute', async () => {
    const { call, clock } = httpAppOf(issuer)
    expect((await call(await lasting())).status).toBe(200)
    for (let i = 0; i < 50; i++) {
      expect((await call(await lasting(undefined, { kid: `flood-${i}` }))).status).toBe(401)
    }
    expect(issuer.fetched.keys).toBe(2)
    clock.advance(MINUTE)
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => call(await lasting(undefined, { kid: `more-${i}` }))),
    )
    expect(issuer.fetched.keys).toBe(3)
  })

  test('does not keep a genuine token out', async () => {
    const { call } = httpAppOf(issuer)
    for (let i = 0; i < 5; i++) await call(await lasting(undefined, { kid: `flood-${i}` }))
    expect((await call(await lasting())).status).toBe(200)
  })

  test('costs nothing at the cold start but the fetches that all callers share', async () => {
    const { call } = httpAppOf(issuer)
    const answers = await Promise.all(Array.from({ length: 20 }, async () => call(await lasting())))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(issuer.fetched).toEqual({ metadata: 1, keys: 1 })
  })
})

describe('a rotated key', () => {
  test('is found at its first use', async () => {
    const { call } = httpAppOf(issuer)
    await call(await lasting())
    const next = await makeKey('key-2')
    issuer.keys = [next]
    expect((await call(await lasting(next))).status).toBe(200)
  })

  test('that was withdrawn is no longer believed once the keys are fetched again', async () => {
    const { call, clock } = httpAppOf(issuer)
    const token = await lasting()
    expect((await call(token)).status).toBe(200)
    issuer.keys = [await makeKey('key-2')]
    clock.advance(10 * MINUTE)
    expect((await call(token)).status).toBe(401)
  })
})

describe('while the issuer is down', () => {
  test.each<Fault>(['error-status', 'not-json', 'no-keys', 'hang-up'])(
    'a cold server answers 503 and lets nobody in (%s)',
    async (fault) => {
      issuer.fault = fault
      const { call, callers, outages } = httpAppOf(issuer)
      const response = await call(await lasting())
      expect(response.status).toBe(503)
      expect(await response.text()).not.toContain(issuer.url)
      expect(outages).toHaveLength(1)
      expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0)
      expect(callers).toEqual([])
    },
  )

  test('known keys serve for an hour, then the answer is 503', async () => {
    const { call, clock } = httpAppOf(issuer)
    await call(await lasting())
    issuer.fault = 'error-status'
    clock.advance(59 * MINUTE)
    expect((await call(await lasting())).status).toBe(200)
    clock.advance(MINUTE)
    expect((await call(await lasting())).status).toBe(503)
  })

  test('a forged token is refused by the keys that are known', async () => {
    const { call } = httpAppOf(issuer)
    await call(await lasting())
    issuer.fault = 'hang-up'
    expect((await call(await lasting(await makeKey('key-1')))).status).toBe(401)
  })

  test('an unknown key is 503, for it may be the issuer’s new one', async () => {
    const { call } = httpAppOf(issuer)
    await call(await lasting())
    issuer.fault = 'hang-up'
    const next = await makeKey('key-2')
    expect((await call(await lasting(next))).status).toBe(503)
    expect((await call(await lasting(next))).status).toBe(503)
  })

  test('it is not asked again by every caller', async () => {
    issuer.fault = 'error-status'
    const { call } = httpAppOf(issuer)
    for (let i = 0; i < 10; i++) await call(await lasting())
    expect(issuer.fetched.metadata + issuer.fetched.keys).toBeLessThanOrEqual(2)
  })

  test('it is found again when it is back', async () => {
    issuer.fault = 'hang-up'
    const { call, clock } = httpAppOf(issuer)
    expect((await call(await lasting())).status).toBe(503)
    issuer.fault = 'none'
    clock.advance(10_000)
    expect((await call(await lasting())).status).toBe(200)
  })
})

describe('discovery', () => {
  test('believes only metadata that name the issuer to the letter', async () => {
    issuer.metadata = { issuer: 'https://evil.example' }
    expect((await httpAppOf(issuer).call(await lasting())).status).toBe(503)
    expect(issuer.fetched.keys).toBe(0)
  })

  test('is not asked when AUTH_JWKS_URL is set', async () => {
    const { call } = httpAppOf(issuer, { AUTH_JWKS_URL: issuer.jwksUrl })
    expect((await call(await lasting())).status).toBe(200)
    expect(issuer.fetched.metadata).toBe(0)
  })

  test.each(['openid', 'oauth'] as const)(
    'finds %s metadata, also of an issuer with a path',
    async (kind) => {
      for (const path of ['', '/tenants/one']) {
        await using found = await startIssuer(path)
        found.discovery = kind
        expect((await httpAppOf(found).call(await found.sign())).status).toBe(200)
      }
    },
  )

  test.each(['ftp://127.0.0.1/jwks', 'not a URL', 7, null, undefined])(
    'takes no keys from the address "%s"',
    async (uri) => {
      issuer.metadata = { jwks_uri: uri }
      expect((await httpAppOf(issuer).call(await lasting())).status).toBe(503)
    },
  )

  test.each([
    ['AUTH_ISSUER', { AUTH_ISSUER: 'http://issuer.example.com' }],
    ['AUTH_ISSUER', { AUTH_ISSUER: 'http://localhost.example.com' }],
    ['AUTH_JWKS_URL', { AUTH_ISSUER: 'https://a.example', AUTH_JWKS_URL: 'http://a.example/jwks' }],
  ])('in production stops the start when %s is in the clear: %o', (name, env) => {
    expect(() => httpApp({ ...env, ENVIRONMENT: 'production' })).toThrow(`${name} is wrong`)
  })

  test('does not follow a redirect', async () => {
    await using other = await startIssuer()
    other.keys = issuer.keys
    issuer.fault = 'redirect'
    issuer.redirect = other.jwksUrl
    const { call } = httpAppOf(issuer, { AUTH_JWKS_URL: issuer.jwksUrl })
    expect((await call(await lasting())).status).toBe(503)
    expect(other.fetched.keys).toBe(0)
  })
})
