/**
 * A Worker whose settings are missing or wrong serves nothing, and says which: to its developer, or to its
 * operator's log.
 */

import { afterEach, expect, test, vi } from 'vitest'
import worker from '../../../../src/index.ts'

const COMPLETE = {
  ENVIRONMENT: 'development',
  LOG_LEVEL: 'silent',
  DATABASE_URL: 'postgres://rowgate_app:x@localhost/rowgate',
  IDENTITY_KEY: `k1:${'A'.repeat(43)}=`,
  AUTH_ISSUER: 'https://issuer.example.com',
  AUTH_AUDIENCE: 'rowgate',
}
const context = { waitUntil() {}, passThroughOnException() {}, props: {} }

async function ask(env: Record<string, unknown>): Promise<{ status: number; message: string }> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))
  const request = new Request('http://localhost/mcp', { method: 'POST', body: '{}' })
  const response = await worker.fetch(request, given, context)
  const { error } = (await response.json()) as { error: { message: string } }
  return { status: response.status, message: error.message }
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('with all that it needs the Worker serves: it asks for a token', async () => {
  expect(await ask(COMPLETE)).toEqual({ status: 401, message: 'This resource needs a bearer token.' })
})

test('beside a Hyperdrive binding for Postgres no URL is needed', async () => {
  const HYPERDRIVE_POSTGRES = { connect() {} }
  expect(await ask({ ...COMPLETE, DATABASE_URL: undefined, HYPERDRIVE_POSTGRES })).toMatchObject({
    status: 401,
  })
})

async function scopesOf(env: Record<string, string>): Promise<string[]> {
  const request = new Request('http://localhost/.well-known/oauth-protected-resource/mcp')
  const { scopes_supported } = await (await worker.fetch(request, env, context)).json()
  return scopes_supported
}

test('a deployment serves core, and no example that nobody named', async () => {
  const scopes = await scopesOf(COMPLETE)
  expect(scopes).toContain('sql:read')
  expect(scopes.filter((scope) => !/^(sql|activity|approvals|system|admin)\b/.test(scope))).toEqual([])
})

test('the tools of a toolset that TOOLSETS leaves out ask for no scope', async () => {
  expect(await scopesOf(COMPLETE)).toContain('system:health')
  expect(await scopesOf({ ...COMPLETE, TOOLSETS: 'sql' })).toEqual(['sql:read'])
})

test.each([
  ['DATABASE_URL', undefined, /^DATABASE_URL is not set: [^\n]+\.$/],
  ['DATABASE_URL', 'mysql://root:hunter2@localhost/x', /^DATABASE_URL is wrong: [^\n]+\.$/],
  [
    'DATABASE_URL',
    'postgres://a:hunter2@x.pooler.supabase.com/postgres',
    /^DATABASE_URL is wrong: [^\n]+ session mode[^\n]+6543\.$/,
  ],
  ['IDENTITY_KEY', undefined, /^IDENTITY_KEY is not set: [^\n]+\.$/],
  ['IDENTITY_KEY', 'hunter2', /^IDENTITY_KEY is wrong: [^\n]+\.$/],
  ['AUTH_ISSUER', undefined, /^AUTH_ISSUER is not set: [^\n]+\.$/],
  ['ALLOWED_HOSTS', '*', /^ALLOWED_HOSTS\S* is wrong: [^\n]+\.$/],
  ['AUTH_AUDIENCE', undefined, /^AUTH_AUDIENCE is not set: [^\n]+\.$/],
  ['TOOLSETS', ',', /^TOOLSETS is wrong: [^\n]+\.$/],
  ['TOOLSETS', 'sql, sqll', /^TOOLSETS names "sqll", [^\n]+; there are sql, [^\n]+\.$/],
  ['REQUEST_TIMEOUT_MS', 'soon', /^REQUEST_TIMEOUT_MS is wrong: [^\n]+\.$/],
])(
  '%s as %s is told to the developer in one sentence, and in production to the log alone',
  async (name, value, sentence) => {
    const env = { ...COMPLETE, [name]: value }
    const told = await ask(env)
    expect(told).toEqual({ status: 500, message: expect.stringMatching(sentence) })
    expect(told.message).not.toContain('hunter2')

    const lines: string[] = []
    vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)))
    const { status, message } = await ask({ ...env, ENVIRONMENT: 'production' })
    expect(status).toBe(500)
    expect(message).not.toContain(name)
    const logged = lines.map((line) => JSON.parse(line)).find(({ message: said }) => said === told.message)
    expect(message).toContain(logged?.request_id)
    expect(lines.join()).not.toContain('hunter2')
  },
)
