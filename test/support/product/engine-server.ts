/** The Worker in workerd for engines other than Postgres. No Postgres runs, and no call may need one. */

import { type Issuer, startIssuer } from '../../../scripts/check/issuer.ts'
import { toolsets } from '../../../src/with-examples.ts'
import { checkAnswer } from './answer-schema.ts'
import { startWranglerHarness, type WranglerHarness } from './built-worker.ts'
import { SETTINGS } from './http-app.ts'
import type { Envelope, Grant } from './rowgate.ts'

const AUDIENCE = 'http://localhost:4747/mcp'
const ALL_SCOPES = [...new Set(toolsets.flatMap(({ tools }) => tools.map(({ scope }) => scope)))]

export interface EngineServer {
  readonly server: WranglerHarness
  /** Calls a tool over HTTP and gives the envelope. */
  call(user: string, tool: string, args?: object, grant?: Grant & { signal?: AbortSignal }): Promise<Envelope>
  /** Names of the tools listed for this user. */
  list(user: string, grant?: Grant): Promise<string[]>
  close(): Promise<void>
}

/** Starts the Worker with these settings merged over the defaults. `configPath` is another wrangler.toml. */
export async function startEngineServer(
  vars: Readonly<Record<string, string>>,
  configPath?: string,
): Promise<EngineServer> {
  const issuer = await startIssuer()
  const settings = {
    ...SETTINGS,
    AUTH_ISSUER: issuer.url,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_TENANT_CLAIM: 'tenant',
    LOG_LEVEL: 'silent',
    ...vars,
  }
  const server = await startWranglerHarness(settings, configPath === undefined ? {} : { configPath })

  async function send(
    user: string,
    body: object,
    { scopes = ALL_SCOPES, tenant = 'default', signal }: Grant & { signal?: AbortSignal },
  ) {
    const response = await server.fetch('/mcp', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2025-11-25',
        Authorization: `Bearer ${await token(issuer, user, scopes, tenant)}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
      ...(signal !== undefined && { signal }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${response.status} ${text}`)
    const { result, error } = JSON.parse(text)
    if (error !== undefined) throw new Error(JSON.stringify(error))
    return result
  }

  return {
    server,
    async call(user, tool, args = {}, grant = {}) {
      const result = await send(
        user,
        { method: 'tools/call', params: { name: tool, arguments: args } },
        grant,
      )
      checkAnswer(tool, result.structuredContent)
      return result.structuredContent
    },
    async list(user, grant = {}) {
      const { tools } = await send(user, { method: 'tools/list' }, grant)
      return tools.map(({ name }: { name: string }) => name)
    },
    async close() {
      await server.close()
      await issuer[Symbol.asyncDispose]()
    },
  }
}

function token(issuer: Issuer, user: string, scopes: readonly string[], tenant: string): Promise<string> {
  return issuer.sign({ sub: user, scope: scopes.join(' '), tenant })
}
