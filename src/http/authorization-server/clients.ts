/**
 * Dynamic client registration (RFC 7591). A client id is the signed registration itself, so none is stored
 * and each outlives a restart.
 */

import { json, oauthError } from './answers.ts'
import { readText } from './parameters.ts'
import { isAcceptable } from './redirect-uri.ts'
import type { Sealer } from './sealed.ts'

export interface Client {
  /** As the client calls itself: anything may be written there. */
  readonly name: string
  readonly redirectUris: readonly string[]
}

const MAX_REDIRECT_URIS = 10
/** In UTF-16 units; a longer name is cut. */
const MAX_NAME_LENGTH = 80
/** In characters. Client ids travel in URLs. */
const MAX_CLIENT_ID_LENGTH = 4_000

/** Without control characters and those that change the direction of text, which could forge the page. */
function nameOf(value: unknown): string {
  if (typeof value !== 'string') return 'A client without a name'
  const name = value
    .toWellFormed()
    .replace(/\p{C}+/gu, ' ')
    .trim()
  return name === '' ? 'A client without a name' : name.slice(0, MAX_NAME_LENGTH).toWellFormed()
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Whether the client can do with what is here: the code flow, and no secret. */
function problemOf(metadata: object): string | undefined {
  const { grant_types: grants, response_types: responses } = metadata as Readonly<Record<string, unknown>>
  if (Array.isArray(grants) && !grants.includes('authorization_code')) {
    return 'grant_types must hold authorization_code: there is no other way to log in here.'
  }
  if (Array.isArray(responses) && !responses.includes('code')) return 'response_types must hold code.'
  return undefined
}

export async function register(request: Request, sealer: Sealer<Client>, now: number): Promise<Response> {
  const text = await readText(request)
  const metadata = text === undefined ? undefined : parse(text)
  if (metadata === undefined) {
    return oauthError('invalid_client_metadata', 'The body must be a JSON object of at most 16 KiB.')
  }
  const problem = problemOf(metadata)
  if (problem !== undefined) return oauthError('invalid_client_metadata', problem)
  const uris: unknown = Reflect.get(metadata, 'redirect_uris')
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > MAX_REDIRECT_URIS || !uris.every(isText)) {
    return oauthError(
      'invalid_redirect_uri',
      `redirect_uris must be a list of 1 to ${MAX_REDIRECT_URIS} URIs.`,
    )
  }
  if (!uris.every(isAcceptable)) {
    return oauthError(
      'invalid_redirect_uri',
      "Each of redirect_uris must be https, http on localhost, or an application's own scheme, without a fragment.",
    )
  }
  const client: Client = { name: nameOf(Reflect.get(metadata, 'client_name')), redirectUris: uris }
  const clientId = await sealer.seal(client)
  if (clientId.length > MAX_CLIENT_ID_LENGTH) {
    return oauthError('invalid_client_metadata', 'The redirect_uris are too long: register fewer of them.')
  }
  return json(
    {
      client_id: clientId,
      client_id_issued_at: Math.floor(now / 1000),
      client_name: client.name,
      redirect_uris: uris,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    201,
  )
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
