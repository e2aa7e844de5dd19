/** Threat: another site or issuer ends a login that this page began, or gets its code or tokens. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { begin, discover, finish, refresh, revoke } from '../../../../web/console/login/oauth.ts'
import { type Login, ORIGIN, startLogin } from '../../../support/product/login.ts'

let login: Login
/** Addresses that the page's worker asked, in order. */
let asked: string[]
/** Answers of other servers, by address. */
let others: Map<string, object>

beforeEach(async () => {
  login = await startLogin()
  asked = []
  others = new Map()
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    asked.push(input)
    const other = others.get(input)
    if (other !== undefined) return Response.json(other)
    if (!input.startsWith(ORIGIN)) throw new TypeError('no such server')
    return await login.http.request(input.slice(ORIGIN.length), init)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

/** The person allows, and the issuer sends them back with this query string. */
async function answerTo(url: string): Promise<URLSearchParams> {
  const page = await login.open(url.slice(ORIGIN.length))
  const response = await login.answer(page, { user: 'alice' })
  return new URL(response.headers.get('Location') ?? 'none:').searchParams
}

async function started() {
  const begun = await begin(ORIGIN, { step: 'begin', readOnly: true })
  return { ...begun, answer: await answerTo(begun.url) }
}

const finished = (pending: Awaited<ReturnType<typeof begin>>['pending'], answer: URLSearchParams) =>
  finish(ORIGIN, { step: 'finish', pending, answer: `?${answer}` })

describe('the login of the console', () => {
  test('is a code with PKCE for this resource, with the scopes of the challenge', async () => {
    const { url, pending, answer } = await started()
    const { searchParams } = new URL(url)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: `${ORIGIN}/mcp`,
      redirect_uri: `${ORIGIN}/console/`,
      state: pending.state,
    })
    expect(searchParams.get('code_challenge')).not.toContain(pending.verifier)
    const session = await finished(pending, answer)
    expect(session.scopes.length).toBeGreaterThan(0)
    expect(session.refreshToken).toBeDefined()
  })

  test('refuses an answer with another state before it asks anybody', async () => {
    const { pending, answer } = await started()
    answer.set('state', 'forged')
    asked = []
    await expect(finished(pending, answer)).rejects.toThrow('belongs to another login')
    expect(asked).toEqual([])
  })

  test.each([
    ['another issuer', (answer: URLSearchParams) => answer.set('iss', 'https://evil.example')],
    ['no issuer, where this one names itself', (answer: URLSearchParams) => answer.delete('iss')],
  ])('refuses an answer of %s, and gives nobody the code', async (_, change) => {
    const { pending, answer } = await started()
    change(answer)
    await expect(finished(pending, answer)).rejects.toThrow('did not come from the issuer')
    expect(asked).not.toContain(`${ORIGIN}/token`)
  })

  test('refuses metadata that another issuer wrote', async () => {
    const issuer = 'https://issuer.example'
    const resource = { resource: `${ORIGIN}/mcp`, authorization_servers: [issuer] }
    others.set(`${ORIGIN}/.well-known/oauth-protected-resource/mcp`, resource)
    for (const path of ['oauth-authorization-server', 'openid-configuration']) {
      others.set(`${issuer}/.well-known/${path}`, {
        issuer: 'https://evil.example',
        authorization_endpoint: 'https://evil.example/authorize',
        token_endpoint: 'https://evil.example/token',
      })
    }
    await expect(discover(ORIGIN)).rejects.toThrow('cannot be read')
  })

  test.each(['http://issuer.example/token', 'javascript:alert(1)', 'data:text/plain,x', 7])(
    'takes no token endpoint %s',
    async (endpoint) => {
      const issuer = 'https://issuer.example'
      const resource = { resource: `${ORIGIN}/mcp`, authorization_servers: [issuer] }
      others.set(`${ORIGIN}/.well-known/oauth-protected-resource/mcp`, resource)
      others.set(`${issuer}/.well-known/openid-configuration`, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: endpoint,
      })
      await expect(discover(ORIGIN)).rejects.toThrow('names no endpoint')
    },
  )

  test('sends a refresh token to no issuer but the one that gave it', async () => {
    const { pending, answer } = await started()
    const session = await finished(pending, answer)
    asked = []
    const elsewhere = { ...session, issuer: 'https://old.example' }
    await expect(refresh(ORIGIN, elsewhere)).rejects.toThrow('another issuer')
    await expect(revoke(ORIGIN, elsewhere)).rejects.toThrow('another issuer')
    expect(asked.filter((url) => /token|revoke/.test(url))).toEqual([])
  })

  test('renews its token, and the logout ends both', async () => {
    const { pending, answer } = await started()
    const renewed = await refresh(ORIGIN, await finished(pending, answer))
    expect((await login.http.call(renewed.accessToken)).status).toBe(200)
    await revoke(ORIGIN, renewed)
    expect((await login.http.call(renewed.accessToken)).status).toBe(401)
    await expect(refresh(ORIGIN, renewed)).rejects.toThrow('gave no token')
  })

  test('tells whom to ask where the issuer registers no clients', async () => {
    const issuer = 'https://issuer.example'
    others.set(`${ORIGIN}/.well-known/oauth-protected-resource/mcp`, {
      resource: `${ORIGIN}/mcp`,
      authorization_servers: [issuer],
    })
    others.set(`${issuer}/.well-known/openid-configuration`, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    })
    await expect(begin(ORIGIN, { step: 'begin', readOnly: true })).rejects.toThrow('set CONSOLE_CLIENT_ID')
  })
})
