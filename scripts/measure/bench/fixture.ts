/** Shared by all contestants: one caller, the same settings, the same requests. */

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { MODERN_REVISION } from '../../../src/mcp/protocol.ts'
import { CALLER } from './caller.ts'

export const CASES = ['tools/list', 'tools/call', 'list_tasks'] as const
export type Case = (typeof CASES)[number]

/** The caller's tasks, all read in one page, as by an agent. */
export const TASKS = 20

const TOKEN_LIFETIME = '1h'
const KEY_ID = 'bench'
const HOST = 'localhost'
/** Cloudflare names each request with a Ray ID, which becomes the request id in the log. */
const RAY = '8f1d0c5e7a2b3c4d-FRA'
const AUDIENCE = `http://${HOST}/mcp`

interface Identity {
  readonly token: string
  /** A token like the caller's, for any user. */
  tokenFor(userId: string): Promise<string>
  /** Settings that make the Workers accept the issuer, as in production. Development does more work. */
  readonly settings: {
    readonly AUTH_ISSUER: string
    readonly AUTH_JWKS_URL: string
    readonly AUTH_AUDIENCE: string
    readonly ALLOWED_HOSTS: string
    readonly IDENTITY_KEY: string
  }
  close(): Promise<void>
}

/** Makes a key pair for this run. Only the public half is published; the private half stays in memory. */
export async function makeIdentity(scopes: Iterable<string> = CALLER.scopes): Promise<Identity> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: KEY_ID }] })
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(keys)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const granted = [...scopes].join(' ')
  const tokenFor = (userId: string) =>
    new SignJWT({ scope: granted })
      .setProtectedHeader({ alg: 'ES256', kid: KEY_ID })
      .setIssuer(issuer)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setExpirationTime(TOKEN_LIFETIME)
      .sign(privateKey)
  return {
    token: await tokenFor(CALLER.userId),
    tokenFor,
    settings: {
      AUTH_ISSUER: issuer,
      AUTH_JWKS_URL: `${issuer}/jwks`,
      AUTH_AUDIENCE: AUDIENCE,
      ALLOWED_HOSTS: `${HOST},127.0.0.1:*`,
      IDENTITY_KEY: `${KEY_ID}:${randomBytes(32).toString('base64')}`,
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const PARAMS = {
  'tools/list': {},
  'tools/call': {
    name: 'echo',
    arguments: { message: 'The quick brown fox jumps over the lazy dog', times: 3 },
  },
  list_tasks: { name: 'list_tasks', arguments: { limit: TASKS } },
} as const satisfies Record<Case, object>

/** The whole HTTP request of a case, as a 2026-07-28 client sends it. */
export function requestOf(name: Case, token: string): string {
  return rpcRequest(name === 'tools/list' ? name : 'tools/call', PARAMS[name], token)
}

/** The whole HTTP request of a call. */
export function callRequest(name: string, args: object, token: string): string {
  return rpcRequest('tools/call', { name, arguments: args }, token)
}

function rpcRequest(
  method: string,
  params: { readonly name?: string; readonly arguments?: object },
  token: string,
): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN_REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } })
  const headers = [
    `POST /mcp HTTP/1.1`,
    `Host: ${HOST}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `MCP-Protocol-Version: ${MODERN_REVISION}`,
    `CF-Ray: ${RAY}`,
    `Mcp-Method: ${method}`,
    ...(params.name === undefined ? [] : [`Mcp-Name: ${params.name}`]),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return `${headers.join('\r\n')}\r\n\r\n${body}`
}
