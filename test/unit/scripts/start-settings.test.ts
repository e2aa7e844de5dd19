/** Settings that `rowgate start` passes to the Worker, and the tenant in its tokens. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Refusal } from '../../../scripts/cli/cli-error.ts'
import { openIssuer } from '../../../scripts/local/issuer.ts'
import { keepTenantClaims } from '../../../scripts/local/tenant-claim.ts'
import { checkSettings, SET_BY_START, settingsFrom } from '../../../scripts/local/worker-settings.ts'
import { variables } from '../../../src/infra/config/settings.ts'

const names = Object.keys(variables.shape)
const own: ReadonlySet<string> = new Set(SET_BY_START)

test.each(names.filter((name) => !own.has(name)))('%s is passed on from the environment', (name) => {
  expect(settingsFrom({ [name]: 'x', HOME: '/root' })).toEqual({ [name]: 'x' })
})

test.each([...own])('%s is not', (name) => {
  expect(names).toContain(name)
  expect(settingsFrom({ [name]: 'x' })).toEqual({})
})

test('an empty variable counts as not set', () => {
  expect(settingsFrom({ LOG_LEVEL: '' })).toEqual({})
})

test('a setting that would stop the Worker is refused with its own sentence', () => {
  const made = {
    ENVIRONMENT: 'development',
    DATABASE_URL: 'postgres://a:b@localhost/c',
    IDENTITY_KEY: `k:${Buffer.alloc(32).toString('base64')}`,
    LOCAL_JWKS: '{"keys":[]}',
  }
  expect(() => checkSettings(made)).not.toThrow()
  expect(() => checkSettings({ ...made, LOG_LEVEL: 'loud' })).toThrow(Refusal)
  expect(() => checkSettings({ ...made, LOG_LEVEL: 'loud' })).toThrow(/^LOG_LEVEL is wrong: /)
})

test('a token names its tenant in the claim that the endpoint of its folder reads', async () => {
  vi.stubEnv('AUTH_TENANT_CLAIM', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-tenant-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const { sign } = await openIssuer(directory)
  const token = { user: 'alice', scopes: [], ttlSeconds: 60 }

  expect(decodeJwt(await sign({ ...token, tenant: 'acme' }))).toMatchObject({ tenant: 'acme' })
  await keepTenantClaims(directory, ['org_id'])
  expect(decodeJwt(await sign(token))).toMatchObject({ org_id: 'default' })
  expect(decodeJwt(await sign({ ...token, tenant: 'acme' }))).toMatchObject({ org_id: 'acme' })
  await keepTenantClaims(directory, ['sub'])
  expect(decodeJwt(await sign({ ...token, tenant: 'acme' }))).toMatchObject({ sub: 'alice' })
  await keepTenantClaims(directory, [])
  expect(decodeJwt(await sign(token))).toMatchObject({ tenant: 'default' })
})
