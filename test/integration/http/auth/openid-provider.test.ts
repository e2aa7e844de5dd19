/**
 * Real clients log in to a Worker that is set up as in production, at a real OpenID provider that registers
 * clients: they know the Worker's URL alone.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen } from '../../../../scripts/check/listen.ts'
import { type Browser, chromiumMissing, startBrowser } from '../../../support/clients/browser.ts'
import {
  type OpenIdProvider,
  signingIn,
  startOpenIdProvider,
} from '../../../support/clients/openid-provider.ts'
import {
  callThroughRemote,
  installPrograms,
  type Programs,
  startDesktop,
} from '../../../support/clients/programs.ts'
import { Application, SDK_CLIENTS } from '../../../support/clients/sdk-clients.ts'
import worker from '../../../support/product/served/index.ts'
import { startDatabase, type TestDatabase } from '../../../support/servers/databases.ts'

/** No step-up here: this provider holds a client to the scopes that it registered with. */
const SCOPES = ['sql:read', 'tasks:read', 'tasks:write']
const SUCCESS = { structuredContent: { status: 'success' } }

let database: TestDatabase
let provider: OpenIdProvider
let browser: Browser
let folder: string
let programs: Programs
let url: URL
let env: Record<string, string>
const server = createServer((request, response) => void serve(request, response))
const pending: Promise<unknown>[] = []

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', headers } = request
  const asked = new Request(new URL(request.url ?? '/', `http://${headers.host}`), {
    ...{
      method,
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    },
    ...(method === 'POST' && { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' }),
  })
  const context = {
    waitUntil: (work: Promise<unknown>) => void pending.push(work),
    passThroughOnException() {},
    props: {},
  }
  const answer = await worker.fetch(asked, env, context)
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(await answer.text())
}

const nobody = async () => expect.unreachable('no login was needed')

describe.skipIf(chromiumMissing())('at an OpenID provider', () => {
  beforeAll(async () => {
    url = new URL(`http://localhost:${await listen(server)}/mcp`)
    provider = await startOpenIdProvider(url.href, SCOPES)
    database = await startDatabase()
    browser = await startBrowser()
    folder = await mkdtemp(join(tmpdir(), 'rowgate-clients-'))
    programs = await installPrograms(folder)
    const { databaseUrl, fetchEndpoint, identityKey } = database.settings
    env = {
      ENVIRONMENT: 'production',
      LOG_LEVEL: 'silent',
      TOOLSETS: 'sql,tasks',
      PUBLIC_URL: url.origin,
      AUTH_ISSUER: provider.issuer,
      DATABASE_URL: databaseUrl,
      ...(fetchEndpoint !== undefined && { DATABASE_FETCH_ENDPOINT: fetchEndpoint }),
      IDENTITY_KEY: identityKey,
    }
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await browser?.close()
    await provider?.[Symbol.asyncDispose]()
    await Promise.allSettled(pending)
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('there is no login at the Worker itself', async () => {
    for (const path of ['/authorize', '/token', '/register', '/.well-known/oauth-authorization-server']) {
      expect((await fetch(new URL(path, url))).status).toBe(404)
    }
    const metadata = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', url))
    expect(await metadata.json()).toMatchObject({
      resource: url.href,
      authorization_servers: [provider.issuer],
    })
  })

  describe.each(SDK_CLIENTS)('%s', (_, connect) => {
    test('logs in, calls, and refreshes what no longer holds', async () => {
      await using application = await Application.start(connect, url, browser)
      const { session } = application
      expect(await application.call(signingIn('alice'), 'list_tables')).toMatchObject(SUCCESS)
      expect(session.asked).toHaveLength(1)
      expect(session.asked[0]).not.toMatch(/:write|admin/)
      const { kept } = session
      if (kept === undefined) throw new Error('no tokens')
      session.kept = { ...kept, access_token: `${kept.access_token}x` }
      expect(await application.call(nobody, 'list_tables')).toMatchObject(SUCCESS)
    })
  })

  test('lets mcp-remote in', async () => {
    await using desktop = await startDesktop(browser, signingIn('alice'))
    expect(await callThroughRemote(url, desktop, 'list_tables')).toMatchObject(SUCCESS)
    expect(desktop.opened[0]?.origin).toBe(provider.issuer)
  })

  test('lets the MCP Inspector in', async () => {
    await using desktop = await startDesktop(browser, signingIn('alice'))
    const call = ['--method', 'tools/call', '--tool-name', 'list_tables']
    const printed = await desktop.run(programs.inspector, '--cli', url.href, '--transport', 'http', ...call)
    expect(printed).toContain('success')
    expect(desktop.opened[0]?.origin).toBe(provider.issuer)
  })

  test('lets mcpc in', async () => {
    await using desktop = await startDesktop(browser, signingIn('alice'))
    const printed = await desktop.run(programs.mcpc, 'login', url.href)
    expect(printed).toContain('Authentication successful')
    expect(desktop.opened[0]?.origin).toBe(provider.issuer)
  })

  test('lets mcporter in', async () => {
    await using desktop = await startDesktop(browser, signingIn('alice'))
    await desktop.run(programs.mcporter, 'auth', url.href, '--allow-http')
    const printed = await desktop.run(programs.mcporter, 'call', '--allow-http', url.href, 'list_tables')
    expect(printed).toContain('success')
    expect(desktop.opened[0]?.origin).toBe(provider.issuer)
  })
})
