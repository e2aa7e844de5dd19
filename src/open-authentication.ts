/** Opens what verifies a deployment's callers: the issuer's keys, and the login of `npm start`. */

import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  type MakeAuthorizationServer,
  openAuthorizationServer,
} from './http/auth/authorization-server.ts'
import { createVerifier, type Verifier } from './http/auth/token.ts'
import { claimsOf, type DeclaredSource } from './infra/config/sources.ts'
import type { Events } from './infra/observability/events.ts'

interface Authentication {
  readonly verifier: Verifier
  /** Only that of `npm start`. */
  readonly authorizationServer: AuthorizationServer | undefined
}

/** Throws `ConfigError` for settings that contradict each other. */
export function openAuthentication(
  make: MakeAuthorizationServer | undefined,
  options: Pick<AuthorizationServerOptions, 'config' | 'scopes' | 'readingScopes'>,
  declared: readonly DeclaredSource[],
  events: Pick<Events, 'issuerUnavailable' | 'tenantClaimUnread'>,
): Authentication {
  const sourceClaims = claimsOf(declared)
  const authorizationServer = openAuthorizationServer(make, { ...options, sourceClaims, now: Date.now })
  const verifier = createVerifier(
    options.config,
    {
      fetch: (input, init) => fetch(input, init),
      now: Date.now,
      onOutage: events.issuerUnavailable,
      onUnreadTenant: events.tenantClaimUnread,
    },
    sourceClaims.all,
  )
  return { verifier: authorizationServer?.verifier(verifier) ?? verifier, authorizationServer }
}
