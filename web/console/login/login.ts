/** Messages between the page and its login worker. */

export interface Begin {
  readonly step: 'begin'
  /** Scopes to ask for; those of the server's challenge if it names none. */
  readonly scopes?: readonly string[]
  readonly readOnly: boolean
  /** Client id that this issuer gave before. */
  readonly known?: { readonly issuer: string; readonly clientId: string } | undefined
}

/** State that is kept while the person is at the issuer. */
export interface Pending {
  readonly state: string
  readonly verifier: string
  readonly issuer: string
  readonly clientId: string
  readonly readOnly: boolean
}

export interface Begun {
  readonly url: string
  readonly pending: Pending
}

export interface Finish {
  readonly step: 'finish'
  readonly pending: Pending
  /** The query string with which the issuer sent the person back. */
  readonly answer: string
}

export interface Session {
  readonly issuer: string
  readonly clientId: string
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  /** In milliseconds since 1970. */
  readonly expiresAt: number
  readonly scopes: readonly string[]
  readonly readOnly: boolean
}

export interface Refresh {
  readonly step: 'refresh'
  readonly session: Session
}

export interface Revoke {
  readonly step: 'revoke'
  readonly session: Session
}

export type LoginRequest = Begin | Finish | Refresh | Revoke

export interface LoginAnswers {
  readonly begin: Begun
  readonly finish: Session
  readonly refresh: Session
  readonly revoke: null
}

/** A login that failed, in words for a person. */
export class LoginError extends Error {
  override readonly name = 'LoginError'
}
