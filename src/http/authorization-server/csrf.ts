/**
 * Guards the consent form against other sites: it must be sent by the page that this browser got, for the
 * request that the page shows.
 */

import { randomText } from './grants.ts'
import type { Sealer } from './sealed.ts'

const COOKIE = 'rowgate_consent'
/** Of `randomText()`. */
const COOKIE_VALUE = /^[0-9a-f]{64}$/

/** A CSRF token is bound to one browser and one authorization request. */
export interface FormSeal {
  readonly browser: string
  readonly request: string
}

/** The browser's cookie, if it has one already: a second tab must not disturb the first. */
export function browserOf(request: Request): string | undefined {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='))
  const [, value = ''] = pairs.find(([name]) => name === COOKIE) ?? []
  return COOKIE_VALUE.test(value) ? value : undefined
}

export function newBrowser(): string {
  return randomText()
}

/** Not `Secure`: development is served over http, where Safari would drop it. */
export function cookieOf(browser: string, path: string): string {
  return `${COOKIE}=${browser}; Path=${path}; HttpOnly; SameSite=Strict`
}

/** Cookies do not tell ports of a host apart, and the Origin header does. */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  return request.headers.get('origin') === new URL(request.url).origin
}

/** Whether the token was made for this browser and this request. */
export async function isToken(token: string, expected: FormSeal, sealer: Sealer<FormSeal>): Promise<boolean> {
  const sealed = await sealer.open(token)
  return sealed !== undefined && sealed.browser === expected.browser && sealed.request === expected.request
}
