/** The token endpoint: a code or a refresh token becomes an access token and the next refresh token. */

import { base64url, sha256 } from '../../infra/hash.ts'
import { CONSOLE_PATH } from '../auth/console-client-id.ts'
import { ACCESS_TOKEN_S } from './access-token.ts'
import { json, oauthError } from './answers.ts'
import type { Client } from './clients.ts'
import { type Grant, type Grants, REFRESH_MS } from './grants.ts'
import { type Parameters, readForm, readParameters } from './parameters.ts'
import { readResource } from './resource.ts'
import type { Sealer } from './sealed.ts'

/** Contents of a refresh token, signed. */
export interface RefreshToken {
  readonly grant: Grant
  readonly clientName: string
  /** Count of the refresh tokens before it in its grant. */
  readonly number: number
  /** In milliseconds. */
  readonly expiresAt: number
}

export interface TokenEndpoint {
  readonly clients: Sealer<Client>
  readonly refreshTokens: Sealer<RefreshToken>
  readonly grants: Grants
  readonly now: () => number
  /** The resource under the request's host. */
  readonly resource: string
  readonly sign: (grant: Grant, clientName: string) => Promise<string>
}

export async function token(request: Request, endpoint: TokenEndpoint): Promise<Response> {
  const form = await readForm(request)
  const parameters = form && readParameters(form)
  if (parameters === undefined) {
    return oauthError(
      'invalid_request',
      'The body must be a form of at most 16 KiB, with each parameter once.',
    )
  }
  const clientId = parameters.get('client_id')
  const client = clientId === undefined ? undefined : await endpoint.clients.open(clientId)
  if (clientId === undefined || client === undefined) {
    return oauthError('invalid_client', 'client_id is no registration of this server: register again.', 401)
  }
  switch (parameters.get('grant_type')) {
    case 'authorization_code':
      return await exchangeCode(parameters, { clientId, client }, endpoint)
    case 'refresh_token':
      return await refresh(parameters, clientId, endpoint)
    default:
      return oauthError('unsupported_grant_type', 'grant_type must be authorization_code or refresh_token.')
  }
}

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/

async function isVerifier(verifier: string | undefined, challenge: string): Promise<boolean> {
  if (verifier === undefined || !VERIFIER.test(verifier)) return false
  return base64url(await sha256(verifier)) === challenge
}

interface AskingClient {
  readonly clientId: string
  readonly client: Client
}

/** The code is used up by the first attempt, whatever comes of it: guessing has one try. */
async function exchangeCode(
  parameters: Parameters,
  { clientId, client }: AskingClient,
  endpoint: TokenEndpoint,
): Promise<Response> {
  const use = endpoint.grants.useCode(parameters.get('code') ?? '')
  if (use.kind === 'unknown')
    return oauthError('invalid_grant', 'The code is unknown, or older than a minute.')
  if (use.kind === 'used')
    return oauthError('invalid_grant', 'The code was used before, so its tokens have ended.')
  const { redirectUri, challenge, ...grant } = use.grant
  if (grant.clientId !== clientId) return oauthError('invalid_grant', 'The code was given to another client.')
  if (parameters.get('redirect_uri') !== redirectUri) {
    return oauthError('invalid_grant', 'redirect_uri is not that of the authorization request.')
  }
  if (!(await isVerifier(parameters.get('code_verifier'), challenge))) {
    return oauthError(
      'invalid_grant',
      'code_verifier does not fit the code_challenge of the authorization request.',
    )
  }
  if (!isTarget(parameters, grant, endpoint)) return invalidTarget(grant)
  // The URI that the code was sent to, not the registered one, which fits any port of localhost.
  const isConsole = redirectUri === new URL(CONSOLE_PATH, endpoint.resource).href
  const first = { grant: { ...grant, isConsole }, clientName: client.name, number: 0 }
  return await issue(first, grant.scopes, endpoint)
}

async function refresh(parameters: Parameters, clientId: string, endpoint: TokenEndpoint): Promise<Response> {
  const { grants, now } = endpoint
  const sealed = await endpoint.refreshTokens.open(parameters.get('refresh_token') ?? '')
  if (sealed === undefined || sealed.expiresAt <= now() || grants.ended(sealed.grant.id)) {
    return oauthError(
      'invalid_grant',
      'The refresh token is not of this server, has expired, or was revoked.',
    )
  }
  const { grant, clientName, number } = sealed
  if (grant.clientId !== clientId)
    return oauthError('invalid_grant', 'The refresh token is of another client.')
  const asked = parameters.get('scope')?.split(' ')
  if (asked?.some((scope) => !grant.scopes.includes(scope)) === true) {
    return oauthError(
      'invalid_scope',
      'scope names more than was allowed: ask in a new authorization request.',
    )
  }
  if (!isTarget(parameters, grant, endpoint)) return invalidTarget(grant)
  // Version 1 of the MCP SDK answers a 403 with a refresh, which allows no more than before, and gives up.
  // Without its tokens it asks the person.
  if (grants.neededMore(grant.id)) {
    return oauthError(
      'invalid_grant',
      'A call needs a scope that was not allowed: ask for it in a new login.',
    )
  }
  if (!grants.useRefresh(grant.id, number)) {
    return oauthError(
      'invalid_grant',
      'The refresh token was used before, so its tokens have ended: log in again.',
    )
  }
  return await issue({ grant, clientName, number: number + 1 }, asked ?? grant.scopes, endpoint)
}

/** The grant's resource must be the one under this host, and the one that is named, if one is. */
function isTarget(parameters: Parameters, grant: Grant, { resource }: TokenEndpoint): boolean {
  return grant.resource === resource && readResource(parameters.get('resource'), resource) !== undefined
}

function invalidTarget({ resource }: Grant): Response {
  return oauthError('invalid_target', `The login was for ${resource}.`)
}

/** A refresh may narrow the access token, and leaves the grant as it is (OAuth 2.1 §4.3.1). */
async function issue(
  next: Omit<RefreshToken, 'expiresAt'>,
  scopes: readonly string[],
  { sign, refreshTokens, now }: TokenEndpoint,
): Promise<Response> {
  return json({
    access_token: await sign({ ...next.grant, scopes }, next.clientName),
    token_type: 'Bearer',
    expires_in: ACCESS_TOKEN_S,
    refresh_token: await refreshTokens.seal({ ...next, expiresAt: now() + REFRESH_MS }),
    scope: scopes.join(' '),
  })
}
