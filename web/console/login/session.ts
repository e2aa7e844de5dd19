/**
 * The login of this tab. The tokens lie in sessionStorage: another tab logs in for itself, and closing the
 * tab forgets them.
 */

import { ask } from './ask-worker.ts'
import { LoginError, type Pending, type Session } from './login.ts'

const SESSION = 'rowgate.session'
const PENDING = 'rowgate.login'
/** Not secret: an issuer need not register this browser again at each login. */
const CLIENT = 'rowgate.client'

/** A token is renewed this long before its end, in milliseconds. */
const EARLY_MS = 30_000

interface PendingHere extends Pending {
  /** The person's place: the fragment of the address. */
  readonly at: string
}

export interface LoginWish {
  readonly readOnly: boolean
  readonly scopes?: readonly string[]
}

/** Leaves this page for the issuer's. */
export async function logIn({ readOnly, scopes }: LoginWish): Promise<void> {
  const known = read<{ issuer: string; clientId: string }>(localStorage, CLIENT)
  const { url, pending } = await ask({ step: 'begin', readOnly, ...(scopes && { scopes }), known })
  keep(localStorage, CLIENT, { issuer: pending.issuer, clientId: pending.clientId })
  keep(sessionStorage, PENDING, { ...pending, at: location.hash })
  location.assign(url)
}

/** Takes the issuer's answer out of the address, if there is one; else the login that this tab has. */
export async function resume(): Promise<Session | undefined> {
  const pending = read<PendingHere>(sessionStorage, PENDING)
  const answer = location.search
  const parameters = new URLSearchParams(answer)
  if (!parameters.has('state')) {
    // The person came back without an answer: perhaps the issuer no longer knows this client.
    if (pending !== undefined) localStorage.removeItem(CLIENT)
    sessionStorage.removeItem(PENDING)
    return read<Session>(sessionStorage, SESSION)
  }
  sessionStorage.removeItem(PENDING)
  history.replaceState(null, '', location.pathname + (pending?.at ?? ''))
  if (pending === undefined) throw new LoginError('This answer belongs to another login. Log in again.')
  try {
    const session = await ask({ step: 'finish', pending, answer })
    keep(sessionStorage, SESSION, session)
    return session
  } catch (error) {
    localStorage.removeItem(CLIENT)
    throw error
  }
}

let renewing: Promise<Session> | undefined

/** The login with a token that is still good. Calls at the same time renew it once. */
export async function freshSession({ renew = false } = {}): Promise<Session> {
  const session = read<Session>(sessionStorage, SESSION)
  if (session === undefined) throw new LoginError('You are logged out.')
  if (!renew && session.expiresAt - EARLY_MS > Date.now()) return session
  renewing ??= ask({ step: 'refresh', session })
    .then((renewed) => {
      // A logout meanwhile holds.
      if (read(sessionStorage, SESSION) !== undefined) keep(sessionStorage, SESSION, renewed)
      return renewed
    })
    .finally(() => {
      renewing = undefined
    })
  return await renewing
}

/** Forgets the login here at once, and what was typed, and tells the issuer. */
export async function logOut(): Promise<void> {
  const session = read<Session>(sessionStorage, SESSION)
  sessionStorage.clear()
  if (session !== undefined) await ask({ step: 'revoke', session }).catch(() => null)
}

/** The token's user, to be shown. What the token allows is the server's to say. */
export function nameIn({ accessToken }: Session): string | undefined {
  try {
    const payload = (accessToken.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
    const { sub }: { sub?: unknown } = JSON.parse(new TextDecoder().decode(bytes))
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}

function read<T>(storage: Storage, key: string): T | undefined {
  const text = storage.getItem(key)
  // Written by `keep` alone.
  return text === null ? undefined : (JSON.parse(text) as T)
}

function keep(storage: Storage, key: string, value: object): void {
  storage.setItem(key, JSON.stringify(value))
}
