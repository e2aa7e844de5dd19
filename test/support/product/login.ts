/** A client and a browser at the login of `npm start`, by hand: each step can be altered. */

import { exportJWK } from 'jose'
import { makeKey } from '../../../scripts/check/issuer.ts'
import { base64url, sha256 } from '../../../src/infra/hash.ts'
import { type HttpApp, httpApp } from './http-app.ts'

export const ORIGIN = 'http://localhost:4747'
export const CALLBACK = 'http://localhost:33418/callback'
export const VERIFIER = 'v'.repeat(64)

type Fields = Readonly<Record<string, string | undefined>>

/** Settings of a Worker with a login, with a key of its own. */
export async function loginSettings(): Promise<{ LOCAL_JWKS: string; LOCAL_ISSUER_KEY: string }> {
  const key = await makeKey('local-1')
  const jwk = await exportJWK(key.privateKey)
  return {
    LOCAL_JWKS: JSON.stringify({ keys: [key.jwk] }),
    LOCAL_ISSUER_KEY: JSON.stringify({ ...jwk, kid: key.kid }),
  }
}

export interface Page {
  readonly response: Response
  readonly html: string
  readonly cookie: string
  /** The values of the form as it is shown, as a browser would send them. */
  readonly form: URLSearchParams
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly scope: string
  readonly token_type: string
  readonly expires_in: number
}

export interface Login {
  readonly http: HttpApp
  register(metadata?: Readonly<Record<string, unknown>>): Promise<Response>
  /** A client id for `CALLBACK`. */
  clientId(metadata?: Readonly<Record<string, unknown>>): Promise<string>
  /** The address of a right authorization request; a field can be replaced or removed. */
  authorizeUrl(fields: Fields & { client_id: string }): Promise<string>
  open(url: string, headers?: Readonly<Record<string, string>>): Promise<Page>
  /** Sends the form of a page; fields and headers can be replaced or removed. */
  answer(page: Page, fields?: Fields, headers?: Fields): Promise<Response>
  /** Logs in and gives the parameters that the client gets back. */
  code(clientId: string, fields?: Fields, choice?: Fields): Promise<URLSearchParams>
  token(fields: Fields): Promise<Response>
  /** Exchanges a code; a field can be replaced or removed. */
  exchange(clientId: string, code: string | null, fields?: Fields): Promise<Response>
  tokens(clientId: string, choice?: Fields, fields?: Fields): Promise<Tokens>
  post(path: string, fields: Fields): Promise<Response>
}

function formOf(fields: Fields): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value)
  return form
}

const TEXT: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => TEXT[name] ?? '')
}

/** Form fields that a browser would send without a button. */
function formIn(html: string): URLSearchParams {
  const form = new URLSearchParams()
  for (const [, attributes = ''] of html.matchAll(/<input\b([^>]*)>/g)) {
    const of = (name: string) => unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')
    const ticked = / checked(?:\s|$)/.test(attributes)
    if (['radio', 'checkbox'].includes(of('type')) && !ticked) continue
    form.append(of('name'), of('value'))
  }
  return form
}

export async function startLogin(env: Fields = {}): Promise<Login> {
  const made = httpApp({ ...(await loginSettings()), ...env })
  const { request } = made

  const login: Login = {
    http: made,
    register: (metadata = {}) =>
      request('/register', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ client_name: 'Test', redirect_uris: [CALLBACK], ...metadata }),
      }),
    async clientId(metadata) {
      const { client_id } = (await (await login.register(metadata)).json()) as { client_id: string }
      return client_id
    },
    async authorizeUrl(fields) {
      const query = formOf({
        response_type: 'code',
        redirect_uri: CALLBACK,
        code_challenge: base64url(await sha256(VERIFIER)),
        code_challenge_method: 'S256',
        state: 'the state',
        scope: 'tasks:read',
        resource: `${ORIGIN}/mcp`,
        ...fields,
      })
      return `/authorize?${query}`
    },
    async open(url, headers = {}) {
      const response = await request(url, { headers, redirect: 'manual' })
      const html = await response.text()
      const cookie = (response.headers.get('Set-Cookie') ?? headers.Cookie ?? '').split(';')[0] ?? ''
      return { response, html, cookie, form: formIn(html) }
    },
    answer({ form, cookie }, fields = {}, headers = {}) {
      const sent = new URLSearchParams(form)
      for (const [name, value] of Object.entries({ decision: 'allow', ...fields })) {
        if (value === undefined) sent.delete(name)
        else sent.set(name, value)
      }
      const all = { Cookie: cookie, Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin', ...headers }
      return request('/authorize', {
        method: 'POST',
        headers: Object.entries(all).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ) as [string, string][],
        body: sent,
      })
    },
    async code(client_id, fields = {}, choice = {}) {
      const page = await login.open(await login.authorizeUrl({ client_id, ...fields }))
      const response = await login.answer(page, choice)
      return new URL(response.headers.get('Location') ?? 'none:').searchParams
    },
    post: (path, fields) => request(path, { method: 'POST', body: formOf(fields) }),
    token: (fields) => login.post('/token', fields),
    exchange: (client_id, code, fields = {}) =>
      login.token({
        grant_type: 'authorization_code',
        ...{ client_id, code: code ?? '', redirect_uri: CALLBACK, code_verifier: VERIFIER },
        resource: `${ORIGIN}/mcp`,
        ...fields,
      }),
    async tokens(clientId, choice = {}, fields = {}) {
      const code = (await login.code(clientId, fields, choice)).get('code')
      return (await (await login.exchange(clientId, code)).json()) as Tokens
    },
  }
  return login
}
