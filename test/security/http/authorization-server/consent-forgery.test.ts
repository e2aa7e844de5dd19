/** Threat: another site that answers for the person: by a form of its own, or by the page in a frame. */

import { beforeAll, expect, test } from 'vitest'
import { type Login, ORIGIN, type Page, startLogin } from '../../../support/product/login.ts'

let login: Login
let page: Page
let victim: string
beforeAll(async () => {
  login = await startLogin()
  victim = await login.authorizeUrl({ client_id: await login.clientId() })
  page = await login.open(victim)
})

test('the page’s own form is taken', async () => {
  expect((await login.answer(page)).status).toBe(303)
  expect((await login.answer(page, {}, { 'Sec-Fetch-Site': undefined })).status).toBe(303)
})

test.each<[string, Record<string, string | undefined>, Record<string, string | undefined>]>([
  ['from another site', {}, { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
  ['from another port of localhost', {}, { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-site' }],
  ['from another name of localhost', {}, { Origin: 'http://127.0.0.1:4747' }],
  ['from a page without an origin', {}, { Origin: 'null' }],
  ['without an Origin', {}, { Origin: undefined }],
  ['with a good Origin, which the browser calls cross-site', {}, { 'Sec-Fetch-Site': 'cross-site' }],
  ['without the cookie', {}, { Cookie: undefined }],
  ['with another browser’s cookie', {}, { Cookie: `rowgate_consent=${'a'.repeat(64)}` }],
  ['with a cookie that is none of ours', {}, { Cookie: 'rowgate_consent=x' }],
  ['without the token', { csrf: undefined }, {}],
  ['with an empty token', { csrf: '' }, {}],
  ['with a made-up token', { csrf: 'a.b' }, {}],
  ['without a request', { request: undefined }, {}],
  ['for another request', { request: '?client_id=x' }, {}],
])('a form %s is refused', async (_, fields, headers) => {
  const response = await login.answer(page, fields, headers)
  expect(response.status).toBe(403)
  expect(response.headers.get('Location')).toBeNull()
})

test('the token of one request is none of another', async () => {
  const other = await login.authorizeUrl({ client_id: await login.clientId({ client_name: 'Other' }) })
  const { form } = await login.open(other, { Cookie: page.cookie })
  expect((await login.answer(page, { csrf: form.get('csrf') ?? '' })).status).toBe(403)
})

test('a token of another deployment is refused', async () => {
  const other = await startLogin()
  const { form } = await other.open(await other.authorizeUrl({ client_id: await other.clientId() }), {
    Cookie: page.cookie,
  })
  expect(
    (await login.answer(page, { csrf: form.get('csrf') ?? '', request: form.get('request') ?? '' })).status,
  ).toBe(403)
})

test('a form as JSON or as text is refused, which other sites can send without a preflight', async () => {
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
    const headers = { Cookie: page.cookie, Origin: ORIGIN, 'Content-Type': type }
    const body = page.form.toString()
    expect((await login.http.request('/authorize', { method: 'POST', headers, body })).status).toBe(403)
  }
})

test('whatever is no clear yes is a no', async () => {
  for (const decision of [undefined, '', 'yes', 'Allow', 'deny']) {
    const response = await login.answer(page, { decision })
    expect(new URL(response.headers.get('Location') ?? '').searchParams.get('error')).toBe('access_denied')
  }
})

test('the page is in no frame, runs nothing, and sends its form here or back alone', async () => {
  const policy = page.response.headers.get('Content-Security-Policy')?.split('; ')
  expect(policy).toEqual([
    "default-src 'none'",
    expect.stringMatching(/^style-src 'sha256-[A-Za-z0-9+/]{43}='$/),
    "form-action 'self' http://localhost:33418",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ])
  expect(page.response.headers.get('X-Frame-Options')).toBe('DENY')
  expect(page.response.headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(page.response.headers.get('Cache-Control')).toBe('no-store')
  expect(page.response.headers.get('Set-Cookie')).toMatch(/; Path=\/authorize; HttpOnly; SameSite=Strict$/)
})

test('the page of an error is as safe, and repeats nothing of the address', async () => {
  const { response, html } = await login.open('/authorize?client_id=MARKER&redirect_uri=MARKER&state=MARKER')
  expect(response.headers.get('X-Frame-Options')).toBe('DENY')
  expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  expect(html).not.toContain('MARKER')
})

test('what a person wrote comes back as text', async () => {
  const response = await login.answer(page, {
    user: '',
    other_user: '"><script>alert(1)</script>',
    scope: '',
  })
  expect(await response.text()).not.toContain('<script')
})
