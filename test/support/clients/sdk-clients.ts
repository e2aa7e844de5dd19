/** Clients in code: the MCP SDK of both lines, with a browser for the login. */

import { createServer } from 'node:http'
import {
  Client,
  type OAuthClientInformationMixed,
  type OAuthDiscoveryState,
  type OAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { listen } from '../../../scripts/check/listen.ts'
import type { Browser, Person } from './browser.ts'

const INFO = { name: 'Test client', version: '1.0.0' }

/** A client's memory of its login, and the page that its user is sent to. */
export class Session {
  readonly clientMetadata
  readonly redirectUrl: string
  /** The scopes that it asked for, one entry a login. */
  readonly asked: string[] = []
  client: OAuthClientInformationMixed | undefined
  kept: OAuthTokens | undefined
  sentTo: URL | undefined
  #verifier = ''
  #discovered: OAuthDiscoveryState | undefined

  constructor(redirectUrl: string) {
    this.redirectUrl = redirectUrl
    this.clientMetadata = { client_name: INFO.name, redirect_uris: [redirectUrl] }
  }
  state = () => 'state of the client'
  clientInformation = () => this.client
  saveClientInformation = (client: OAuthClientInformationMixed) => {
    this.client = client
  }
  tokens = () => this.kept
  saveTokens = (tokens: OAuthTokens) => {
    this.kept = tokens
  }
  redirectToAuthorization = (url: URL) => {
    this.asked.push(url.searchParams.get('scope') ?? '')
    this.sentTo = url
  }
  saveCodeVerifier = (verifier: string) => {
    this.#verifier = verifier
  }
  codeVerifier = () => this.#verifier
  saveDiscoveryState = (state: OAuthDiscoveryState) => {
    this.#discovered = state
  }
  discoveryState = () => this.#discovered
  invalidateCredentials = (what: string) => {
    if (what === 'tokens' || what === 'all') this.kept = undefined
    if (what === 'client' || what === 'all') this.client = undefined
  }
}

interface Connection {
  connect(): Promise<void>
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  listTools(): Promise<{ tools: { name: string }[] }>
  finishAuth(callback: URLSearchParams): Promise<void>
  close(): Promise<void>
}

export type Connect = (url: URL, authProvider: Session) => Connection

function newClient(url: URL, authProvider: Session): Connection {
  const client = new Client(INFO, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const transport = new StreamableHTTPClientTransport(url, { authProvider })
  return {
    connect: () => client.connect(transport),
    callTool: (call) => client.callTool(call),
    listTools: () => client.listTools(),
    finishAuth: (callback) => transport.finishAuth(callback),
    close: () => client.close(),
  }
}

function oldClient(url: URL, authProvider: Session): Connection {
  const client = new OldClient(INFO)
  const transport = new OldTransport(url, { authProvider })
  return {
    // Its declarations were not written for exactOptionalPropertyTypes; the class implements the interface.
    connect: () => client.connect(transport as Transport),
    callTool: (call) => client.callTool(call),
    listTools: () => client.listTools(),
    finishAuth: (callback) => transport.finishAuth(callback.get('code') ?? ''),
    close: () => client.close(),
  }
}

export const SDK_CLIENTS: readonly [name: string, connect: Connect][] = [
  ['client 2.x', newClient],
  ['sdk 1.x', oldClient],
]

interface Opening {
  readonly connect: Connect
  readonly url: URL
  readonly browser: Browser
}

/** An application: its sessions come back to its own callback. */
export class Application implements AsyncDisposable {
  readonly session: Session
  readonly #close: () => Promise<void>
  readonly #open: Opening
  #connection: Connection | undefined

  private constructor(session: Session, close: () => Promise<void>, open: Opening) {
    this.session = session
    this.#close = close
    this.#open = open
  }

  static async start(connect: Connect, url: URL, browser: Browser): Promise<Application> {
    const callback = createServer((_, response) => response.end('Back in the application.'))
    const session = new Session(`http://localhost:${await listen(callback)}/callback`)
    const close = async () => {
      callback.closeAllConnections()
      await new Promise((done) => callback.close(done))
    }
    return new Application(session, close, { connect, url, browser })
  }

  /** Works, and where a login is asked for lets the person log in and works again. */
  async withLogin<T>(person: Person, work: (connection: Connection) => Promise<T>): Promise<T> {
    this.session.sentTo = undefined
    try {
      return await work(await this.connection())
    } catch (cause) {
      const { sentTo } = this.session
      if (sentTo === undefined) throw cause
      await this.logIn(sentTo, person)
      return await work(await this.connection())
    }
  }

  /** Calls a tool that needs no login, or one that does. */
  async call(person: Person, name: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return await this.withLogin(person, (connection) => connection.callTool({ name, arguments: args }))
  }

  async connection(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection
    const made = this.#open.connect(this.#open.url, this.session)
    await made.connect()
    this.#connection = made
    return made
  }

  async logIn(sentTo: URL, person: Person): Promise<void> {
    const { url } = await this.#open.browser.visit(sentTo.href, person)
    if (url.searchParams.get('state') !== this.session.state()) throw new Error(`The state is wrong: ${url}`)
    const error = url.searchParams.get('error')
    if (error !== null) throw new Error(error)
    await this.disconnect()
    await this.#open.connect(this.#open.url, this.session).finishAuth(url.searchParams)
  }

  async disconnect(): Promise<void> {
    await this.#connection?.close()
    this.#connection = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect()
    await this.#close()
  }
}
