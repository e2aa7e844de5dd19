/** Checks an authorization request (OAuth 2.1 §4.1.1, RFC 7636, RFC 8707). Without I/O. */

import type { Client } from './clients.ts'
import type { Parameters } from './parameters.ts'
import { isRegistered } from './redirect-uri.ts'
import { readResource } from './resource.ts'

export interface AuthorizationRequest {
  readonly clientId: string
  readonly client: Client
  readonly redirectUri: string
  readonly state: string | undefined
  readonly challenge: string
  readonly resource: string
  /** The resource was named with `?read_only=true`. */
  readonly readOnly: boolean
  /** The scopes asked for that exist; `undefined` if the client left the choice to the person. */
  readonly scopes: readonly string[] | undefined
}

export type RequestVerdict =
  | { readonly kind: 'valid'; readonly request: AuthorizationRequest }
  /** Nothing may be sent to the redirect URI: the person is told instead. */
  | { readonly kind: 'unusable'; readonly reason: string }
  /** The client is told, at its redirect URI (OAuth 2.1 §4.1.2.1). */
  | {
      readonly kind: 'refused'
      readonly redirectUri: string
      readonly state: string | undefined
      readonly error: 'invalid_request' | 'unsupported_response_type' | 'invalid_target'
      readonly description: string
    }

export interface Known {
  /** The client of `client_id`; `undefined` if that is no registration of ours. */
  readonly client: Client | undefined
  readonly resource: string
  readonly scopes: readonly string[]
}

/** The base64url of a SHA-256 hash. */
const S256_CHALLENGE = /^[\w-]{43}$/

/** `parameters`: `undefined` if one was given twice. */
export function judgeRequest(parameters: Parameters | undefined, known: Known): RequestVerdict {
  if (parameters === undefined) return unusable('A parameter of the address is given twice.')
  const clientId = parameters.get('client_id')
  const redirectUri = parameters.get('redirect_uri')
  if (clientId === undefined || known.client === undefined) {
    return unusable('The application is not registered here. Remove the server from it and add it again.')
  }
  if (redirectUri === undefined)
    return unusable('The application does not say where to go back to (redirect_uri).')
  if (!isRegistered(redirectUri, known.client.redirectUris)) {
    return unusable(
      'The application asks to go back to an address that it has not registered (redirect_uri).',
    )
  }
  const state = parameters.get('state')
  const refused = (error: (RequestVerdict & { kind: 'refused' })['error'], description: string) =>
    ({ kind: 'refused', redirectUri, state, error, description }) as const
  if (parameters.get('response_type') !== 'code') {
    return refused('unsupported_response_type', 'response_type must be code')
  }
  const challenge = parameters.get('code_challenge')
  if (challenge === undefined || parameters.get('code_challenge_method') !== 'S256') {
    return refused('invalid_request', 'code_challenge is needed, with code_challenge_method=S256')
  }
  if (!S256_CHALLENGE.test(challenge)) {
    return refused('invalid_request', 'code_challenge must be the base64url of a SHA-256 hash')
  }
  const target = readResource(parameters.get('resource'), known.resource)
  if (target === undefined) return refused('invalid_target', `The resource here is ${known.resource}`)
  const asked = parameters.get('scope')?.split(' ')
  return {
    kind: 'valid',
    request: {
      ...{ clientId, client: known.client, redirectUri, state, challenge },
      ...target,
      scopes: asked && known.scopes.filter((scope) => asked.includes(scope)),
    },
  }
}

function unusable(reason: string): RequestVerdict {
  return { kind: 'unusable', reason }
}
