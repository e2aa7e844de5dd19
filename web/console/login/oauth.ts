/**
 * The OAuth client (OAuth 2.1 with PKCE; RFC 8414, 7591, 7009, 8707, 9207, 9728). Runs in the login worker,
 * and sends a code or a token to the issuer that this origin names, to nobody else.
 */

import { type Begin, type Begun, type Finish, LoginError, type Session } from './login.ts'

const METADATA_PATH = '/.well-known/oauth-protected-resource/mcp'
const CLIENT_PATH = '/console/client.json'
const REDIRECT_PATH = '/console/'

/** Lifetime of a token of which the issuer says none, in seconds. */
const DEFAULT_LIFETIME_S = 300

type Json = Readonly<Record<string, unknown>>

export interface Server {
  readonly issuer: string
  readonly resource: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly registrationEndpoint: string | undefined
  readonly revocationEndpoint: string | undefined
  readonly takesMetadataDocuments: boolean
  /** Whether each answer names the issuer (RFC 9207). */
  readonly namesItself: boolean
}

/** `origin` is this page's. */
export async function begin(origin: string, request: Begin): Promise<Begun> {
  const server = await discover(origin)
  const scopes = request.scopes ?? (await challengedScopes(origin, request.readOnly))
  const known = request.known?.issuer === server.issuer ? request.known.clientId : undefined
  const clientId = await clientIdFor(origin, server, known)
  const [state, verifier] = [randomText(), randomText()]
  const url = new URL(server.authorizationEndpoint)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: origin + REDIRECT_PATH,
    state,
    code_challenge: base64url(await sha256(verifier)),
    code_challenge_method: 'S256',
    resource: server.resource,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  const { issuer } = server
  return { url: url.href, pending: { state, verifier, issuer, clientId, readOnly: request.readOnly } }
}

export async function finish(origin: string, { pending, answer }: Finish): Promise<Session> {
  const parameters = new URLSearchParams(answer)
  if (parameters.get('state') !== pending.state) {
    throw new LoginError('This answer belongs to another login. Log in again.')
  }
  const server = await discover(origin)
  const issuer = parameters.get('iss')
  if (server.issuer !== pending.issuer || (issuer === null ? server.namesItself : issuer !== server.issuer)) {
    throw new LoginError('The answer did not come from the issuer of this deployment. Log in again.')
  }
  const error = parameters.get('error')
  if (error === 'access_denied') throw new LoginError('The login was refused at the issuer.')
  if (error !== null) {
    throw new LoginError(`The issuer refused the login: ${parameters.get('error_description') ?? error}`)
  }
  const { clientId, readOnly } = pending
  const tokens = await askForTokens(server, {
    grant_type: 'authorization_code',
    code: parameters.get('code') ?? '',
    redirect_uri: origin + REDIRECT_PATH,
    client_id: clientId,
    code_verifier: pending.verifier,
    resource: server.resource,
  })
  return { ...tokens, issuer: server.issuer, clientId, readOnly }
}

export async function refresh(origin: string, session: Session): Promise<Session> {
  const server = await issuerOf(origin, session)
  if (session.refreshToken === undefined) throw new LoginError('The login has ended.')
  const tokens = await askForTokens(server, {
    grant_type: 'refresh_token',
    refresh_token: session.refreshToken,
    client_id: session.clientId,
    resource: server.resource,
  })
  return {
    ...session,
    ...tokens,
    refreshToken: tokens.refreshToken ?? session.refreshToken,
    scopes: tokens.scopes.length > 0 ? tokens.scopes : session.scopes,
  }
}

/** Ends the login at the issuer, as far as the issuer can. */
export async function revoke(origin: string, session: Session): Promise<null> {
  const { revocationEndpoint } = await issuerOf(origin, session)
  if (revocationEndpoint === undefined) return null
  const { accessToken, refreshToken, clientId } = session
  const tokens = [
    ['refresh_token', refreshToken],
    ['access_token', accessToken],
  ] as const
  for (const [hint, token] of tokens) {
    if (token === undefined) continue
    await post(revocationEndpoint, { token, token_type_hint: hint, client_id: clientId })
  }
  return null
}

async function issuerOf(origin: string, session: Session): Promise<Server> {
  const server = await discover(origin)
  if (server.issuer !== session.issuer) throw new LoginError('This deployment has another issuer now.')
  return server
}

/** The issuer that the resource names, and what it says of itself. */
export async function discover(origin: string): Promise<Server> {
  const resource = await readJson(origin + METADATA_PATH)
  const [issuer] = Array.isArray(resource?.authorization_servers) ? resource.authorization_servers : []
  if (typeof issuer !== 'string' || typeof resource?.resource !== 'string' || !URL.canParse(issuer)) {
    throw new LoginError('This deployment names no issuer: its operator sets AUTH_ISSUER.')
  }
  const metadata = await issuerMetadata(issuer)
  const endpoint = (name: string) => endpointOf(metadata[name])
  const [authorizationEndpoint, tokenEndpoint] = [
    endpoint('authorization_endpoint'),
    endpoint('token_endpoint'),
  ]
  const methods = metadata.code_challenge_methods_supported
  if (authorizationEndpoint === undefined || tokenEndpoint === undefined) {
    throw new LoginError(`The issuer ${issuer} names no endpoint for a login.`)
  }
  if (Array.isArray(methods) && !methods.includes('S256')) {
    throw new LoginError(`The issuer ${issuer} does not support PKCE with S256.`)
  }
  return {
    ...{ issuer, resource: resource.resource, authorizationEndpoint, tokenEndpoint },
    registrationEndpoint: endpoint('registration_endpoint'),
    revocationEndpoint: endpoint('revocation_endpoint'),
    takesMetadataDocuments: metadata.client_id_metadata_document_supported === true,
    namesItself: metadata.authorization_response_iss_parameter_supported === true,
  }
}

/** The places of RFC 8414 §3 and of OpenID Connect Discovery, as MCP lists them. */
async function issuerMetadata(issuer: string): Promise<Json> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/+$/, '')
  const places = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
  for (const place of new Set(places)) {
    const metadata = await readJson(place)
    // Another's metadata would send the code to another (RFC 8414 §3.3).
    if (metadata?.issuer === issuer) return metadata
  }
  throw new LoginError(
    `The issuer ${issuer} cannot be read from this page. It must answer, with CORS, at ${places[0]} or ${places[2]}.`,
  )
}

function endpointOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const url = URL.parse(value)
  const isLoopback = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback) ? url.href : undefined
}

/** The scopes that the server names to somebody without a token. */
async function challengedScopes(origin: string, readOnly: boolean): Promise<readonly string[]> {
  const response = await fetch(`${origin}/mcp${readOnly ? '?read_only=true' : ''}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    body: '{}',
  })
  return scopesIn(response.headers.get('WWW-Authenticate'))
}

/** The parameter `scope` of a bearer challenge (RFC 6750 §3). */
export function scopesIn(challenge: string | null): readonly string[] {
  return (
    /\bscope="([^"]*)"/
      .exec(challenge ?? '')?.[1]
      ?.split(' ')
      .filter(Boolean) ?? []
  )
}

/** Registered by hand, else the metadata document, else registered before or now (MCP's order). */
async function clientIdFor(origin: string, server: Server, known: string | undefined): Promise<string> {
  const metadata = await readJson(origin + CLIENT_PATH)
  const documentUrl = origin + CLIENT_PATH
  const clientId = metadata?.client_id
  if (typeof clientId === 'string' && !clientId.endsWith(CLIENT_PATH)) return clientId
  if (server.takesMetadataDocuments && clientId === documentUrl && origin.startsWith('https:'))
    return clientId
  if (known !== undefined) return known
  if (server.registrationEndpoint === undefined) {
    throw new LoginError(
      `The issuer ${server.issuer} registers no clients by itself. Register a public client there with the redirect URI ${origin}${REDIRECT_PATH}, and set CONSOLE_CLIENT_ID to its id.`,
    )
  }
  return await register(server.registrationEndpoint, { ...metadata, client_id: undefined })
}

async function register(endpoint: string, metadata: Json): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(metadata),
  })
  const registered = await bodyOf(response)
  if (!response.ok || typeof registered?.client_id !== 'string') {
    throw new LoginError(`The issuer refused to register the console: ${reasonIn(registered, response)}`)
  }
  return registered.client_id
}

type Tokens = Pick<Session, 'accessToken' | 'refreshToken' | 'expiresAt' | 'scopes'>

async function askForTokens(server: Server, fields: Readonly<Record<string, string>>): Promise<Tokens> {
  const response = await post(server.tokenEndpoint, fields)
  const body = await bodyOf(response)
  if (!response.ok || typeof body?.access_token !== 'string') {
    throw new LoginError(`The issuer gave no token: ${reasonIn(body, response)}`)
  }
  const lifetime = typeof body.expires_in === 'number' ? body.expires_in : DEFAULT_LIFETIME_S
  return {
    accessToken: body.access_token,
    refreshToken: typeof body.refresh_token === 'string' ? body.refresh_token : undefined,
    expiresAt: Date.now() + lifetime * 1000,
    scopes: typeof body.scope === 'string' ? body.scope.split(' ').filter(Boolean) : [],
  }
}

function post(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), credentials: 'omit' })
}

async function readJson(url: string): Promise<Json | undefined> {
  const response = await fetch(url, { credentials: 'omit' }).catch(() => undefined)
  return response?.ok ? await bodyOf(response) : undefined
}

async function bodyOf(response: Response): Promise<Json | undefined> {
  const body: unknown = await response.json().catch(() => undefined)
  return typeof body === 'object' && body !== null ? (body as Json) : undefined
}

/** RFC 6749 §5.2. */
function reasonIn(body: Json | undefined, response: Response): string {
  const reason = body?.error_description ?? body?.error
  return typeof reason === 'string' ? reason : `HTTP ${response.status}`
}

/** 256 bits, as RFC 7636 §4.1 writes a verifier. */
function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
