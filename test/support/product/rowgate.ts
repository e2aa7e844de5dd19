/**
 * The whole product in memory: the real Worker's fetch, a migrated Postgres and a local issuer. For behaviour
 * that only workerd shows, use `server.ts`.
 */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { SignJWT } from 'jose'
import { makeKey } from '../../../scripts/check/issuer.ts'
import type { Worker } from '../../../src/deployment.ts'
import { LOCAL_ISSUER } from '../../../src/http/auth/local-issuer.ts'
import { startDatabase, type TestDatabase } from '../servers/databases.ts'
import { checkAnswer } from './answer-schema.ts'
import worker from './served/index.ts'
import { toolsets } from './served/toolsets.ts'

export const ORIGIN = 'http://localhost'
const MCP_URL = new URL('/mcp', ORIGIN)

const ALL_SCOPES = [...new Set(toolsets.flatMap(({ tools }) => tools.map(({ scope }) => scope)))]

export interface Grant {
  client?: string
  scopes?: readonly string[]
  tenant?: string
  /** Further claims of the token. */
  claims?: Readonly<Record<string, unknown>>
}

export interface Envelope {
  status: 'success' | 'error'
  // biome-ignore lint/suspicious/noExplicitAny: a test reads a tool's data untyped, as a client does
  data?: any
  error?: { code: string; message: string; retryable: boolean }
}

export interface Rowgate {
  readonly database: TestDatabase
  /** The Worker's environment. */
  readonly env: Readonly<Record<string, string>>
  /** A token that the Worker accepts, with every scope by default. */
  token(user: string, grant?: Grant): Promise<string>
  /** The Worker's own fetch, for `StreamableHTTPClientTransport`. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** A real client, connected as this user. */
  client(user: string, grant?: Grant & { url?: URL }): Promise<Client>
  /** Calls a tool through a real client and gives the envelope. */
  call(user: string, tool: string, args?: Record<string, unknown>, grant?: Grant): Promise<Envelope>
  /** Resolves when all background work of finished responses (`waitUntil`) is done. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Starts Rowgate on a database of its own: any Postgres, or the one that `database` starts. */
export async function startRowgate(
  options: {
    database?: () => Promise<TestDatabase>
    env?: Record<string, string>
    /** Of the platform, beside the settings: `ASSETS`. */
    bindings?: Readonly<Record<string, unknown>>
    worker?: Worker
  } = {},
): Promise<Rowgate> {
  const database = await (options.database ?? startDatabase)()
  const key = await makeKey('local')
  const clients = new Map<string, Promise<Client>>()
  const env = {
    ENVIRONMENT: 'development',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.settings.databaseUrl,
    ...(database.settings.fetchEndpoint !== undefined && {
      DATABASE_FETCH_ENDPOINT: database.settings.fetchEndpoint,
    }),
    IDENTITY_KEY: database.settings.identityKey,
    LOCAL_JWKS: JSON.stringify({ keys: [key.jwk] }),
    AUTH_TENANT_CLAIM: 'tenant',
    // Audit rows of reads come after the response, and other tests count requests to the database.
    AUDIT_READS: 'false',
    ...options.env,
  }
  const bound = { ...env, ...options.bindings }
  const pending: Promise<unknown>[] = []
  const context = {
    waitUntil: (work: Promise<unknown>) => void pending.push(work),
    passThroughOnException() {},
    props: {},
  }

  const rowgate: Rowgate = {
    database,
    env,
    token: (user, { scopes = ALL_SCOPES, tenant = 'default', client, claims } = {}) =>
      new SignJWT({ ...claims, scope: scopes.join(' '), tenant, client_id: client })
        .setProtectedHeader({ alg: 'ES256', kid: 'local' })
        .setIssuer(LOCAL_ISSUER)
        .setAudience(LOCAL_ISSUER)
        .setSubject(user)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key.privateKey),
    fetch: async (input, init) => (options.worker ?? worker).fetch(new Request(input, init), bound, context),
    async client(user, { url = MCP_URL, ...grant } = {}) {
      const client = new Client({ name: 'test', version: '1.0.0' })
      const requestInit = { headers: { Authorization: `Bearer ${await rowgate.token(user, grant)}` } }
      await client.connect(new StreamableHTTPClientTransport(url, { fetch: rowgate.fetch, requestInit }))
      return client
    },
    async call(user, tool, args = {}, grant = {}) {
      const name = JSON.stringify([user, grant])
      const client = clients.get(name) ?? rowgate.client(user, grant)
      clients.set(name, client)
      const result = await (await client).callTool({ name: tool, arguments: args })
      const envelope = result.structuredContent as unknown as Envelope
      checkAnswer(tool, envelope)
      // A failure's audit row comes after the response. A caller that counts requests next must not count it.
      if (envelope?.status === 'error') await rowgate.settled()
      return envelope
    },
    async settled() {
      while (pending.length > 0) await Promise.allSettled(pending.splice(0))
    },
    async close() {
      for (const client of clients.values()) await (await client).close()
      await rowgate.settled()
      await database.close()
    },
  }
  return rowgate
}
