/**
 * Real clients that meet a challenge: each finds the issuer by it, asks for the scopes that it names, and
 * goes on.
 */

import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  Client,
  type OAuthDiscoveryState,
  type OAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../../scripts/check/issuer.ts'
import { listen } from '../../../../scripts/check/listen.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'

const INFO = { name: 'test', version: '1.0.0' }
const URL_OF_MCP = new URL('http://localhost/mcp')
const CALLBACK = 'http://localhost/callback'

let issuer: Issuer
let rowgate: Rowgate
const tokenEndpoint = createServer(async (request, response) => {
  const form = new URLSearchParams(await text(request))
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(await tokensFor(form.get('code') ?? '')))
})

beforeAll(async () => {
  issuer = await startIssuer()
  issuer.discovery = 'oauth'
  issuer.metadata = {
    authorization_endpoint: `${issuer.url}/authorize`,
    token_endpoint: `http://127.0.0.1:${await listen(tokenEndpoint)}/token`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  }
  rowgate = await startRowgate({ env: { AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: URL_OF_MCP.href } })
})
afterAll(async () => {
  await rowgate.close()
  tokenEndpoint.closeAllConnections()
  tokenEndpoint.close()
  await issuer[Symbol.asyncDispose]()
})

async function tokensFor(scope: string): Promise<OAuthTokens> {
  const claims = { aud: URL_OF_MCP.href, tenant: 'default', scope }
  return { access_token: await issuer.sign(claims), token_type: 'Bearer', scope, ...{ issuer: issuer.url } }
}

/** Rowgate is in memory, the issuer on the loopback. */
function fetchEither(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { hostname } = new URL(input instanceof Request ? input.url : input)
  return hostname === 'localhost' ? rowgate.fetch(input, init) : fetch(input, init)
}

/**
 * An application whose user agrees to all that it asks for; the code that comes back is what was asked for.
 */
class Consent {
  readonly asked: string[] = []
  readonly redirectUrl = CALLBACK
  readonly clientMetadata = { client_name: 'test', redirect_uris: [CALLBACK] }
  #tokens: OAuthTokens | undefined
  #verifier = ''
  #discovered: OAuthDiscoveryState | undefined

  constructor(tokens?: OAuthTokens) {
    this.#tokens = tokens
  }
  clientInformation = () => ({ client_id: 'test', issuer: issuer.url })
  tokens = () => this.#tokens
  saveTokens = (tokens: OAuthTokens) => {
    this.#tokens = tokens
  }
  redirectToAuthorization = (url: URL) => {
    this.asked.push(url.searchParams.get('scope') ?? '')
  }
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier
  }
  codeVerifier = () => this.#verifier
  saveDiscoveryState = (state: OAuthDiscoveryState) => {
    this.#discovered = state
  }
  discoveryState = () => this.#discovered
}

interface AnyClient {
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}

interface Connecting {
  readonly client: AnyClient
  connect(): Promise<void>
  finishAuth(code: string): Promise<void>
}

function newClient(authProvider: Consent): Connecting {
  const client = new Client(INFO, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const transport = new StreamableHTTPClientTransport(URL_OF_MCP, { authProvider, fetch: fetchEither })
  return {
    client,
    connect: () => client.connect(transport),
    finishAuth: (code) => transport.finishAuth(code),
  }
}

function oldClient(authProvider: Consent): Connecting {
  const client = new OldClient(INFO)
  const transport = new OldTransport(URL_OF_MCP, { authProvider, fetch: fetchEither })
  // Its declarations were not written for exactOptionalPropertyTypes; the class is the interface's own
  // implementation.
  const connect = () => client.connect(transport as Transport)
  return { client, connect, finishAuth: (code) => transport.finishAuth(code) }
}

/** Does it; once the user has been sent to the issuer and came back, does it again. */
async function withConsent<T>(consent: Consent, { finishAuth }: Connecting, work: () => Promise<T>) {
  const before = consent.asked.length
  try {
    return await work()
  } catch (error) {
    const scope = consent.asked[before]
    if (scope === undefined) throw error
    await finishAuth(scope)
    return await work()
  }
}

const SUCCESS = { structuredContent: { status: 'success' } }
const CLIENTS = [
  ['client 2.x', newClient],
  ['sdk 1.x', oldClient],
] as const

test.each(CLIENTS)(
  '%s, without a token, is led to the issuer and asks for what reads alone',
  async (_, make) => {
    const consent = new Consent()
    const first = make(consent)
    await expect(first.connect()).rejects.toThrow('Unauthorized')
    const [scope = ''] = consent.asked
    expect(scope.split(' ')).toContain('tasks:read')
    expect(scope).not.toMatch(/:write|admin/)
    await first.finishAuth(scope)

    const { client, connect } = make(consent)
    await connect()
    expect(await client.callTool({ name: 'list_tasks', arguments: {} })).toMatchObject(SUCCESS)
    await client.close()
  },
)

test.each(CLIENTS)('%s steps up once, and keeps what its token allowed before', async (_, make) => {
  const consent = new Consent(await tokensFor('tasks:read'))
  const made = make(consent)
  const { client } = made
  await made.connect()
  const add = { name: 'add_task', arguments: { title: 'Step up' } }
  expect(await withConsent(consent, made, () => client.callTool(add))).toMatchObject(SUCCESS)
  const list = { name: 'list_tasks', arguments: {} }
  expect(await withConsent(consent, made, () => client.callTool(list))).toMatchObject(SUCCESS)
  expect(consent.asked.map((scope) => scope.split(' ').sort())).toEqual([['tasks:read', 'tasks:write']])
  await client.close()
})
