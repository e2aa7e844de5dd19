/**
 * An authorization server in the same Worker, as the app sees it. `npm start` brings one; a deployment has
 * none, and its bundle no code of it.
 */

import { type Config, ConfigError } from '../../infra/config/settings.ts'
import type { Verifier } from './token.ts'

export interface AuthorizationServer {
  /** Its issuer identifier, which follows the request's host. */
  issuer(requestUrl: string): string
  /** Accepts its own tokens too. */
  verifier(others: Verifier): Verifier
  /** A call with this verified token was refused for want of a scope. */
  scopeRefused(token: string): void
  /** Answers requests to its endpoints; `undefined` for any other path. */
  fetch(request: Request): Promise<Response> | undefined
}

export interface AuthorizationServerOptions {
  readonly config: Config
  /** Every scope of the resource. */
  readonly scopes: readonly string[]
  /** Claims by which the sources know their callers, and those of them that name the tenant. */
  readonly sourceClaims?: { readonly all: readonly string[]; readonly tenant: readonly string[] }
  /** Those that only read. */
  readonly readingScopes: readonly string[]
  /** In milliseconds. */
  readonly now: () => number
}

/** Throws `ConfigError` for settings with which there must be none. */
export type MakeAuthorizationServer = (options: AuthorizationServerOptions) => AuthorizationServer

/** Absent without LOCAL_ISSUER_KEY. Throws `ConfigError` where the Worker was built without one. */
export function openAuthorizationServer(
  make: MakeAuthorizationServer | undefined,
  options: AuthorizationServerOptions,
): AuthorizationServer | undefined {
  if (options.config.LOCAL_ISSUER_KEY === undefined) return undefined
  if (make !== undefined) return make(options)
  throw new ConfigError(
    'LOCAL_ISSUER_KEY is set in a Worker without a login: only that of `npm start` has one.',
  )
}
