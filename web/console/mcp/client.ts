/** MCP over one POST a request (2026-07-28, stateless), which is all that the console needs of it. */

import { scopesIn } from '../login/oauth.ts'
import { freshSession } from '../login/session.ts'

const REVISION = '2026-07-28'

/** A JSON Schema, as far as a form reads it. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

export interface Tool {
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly inputSchema: Schema
  readonly annotations?: {
    readonly readOnlyHint?: boolean
    readonly destructiveHint?: boolean
  }
}

/** Whether it changes nothing, by its own word. */
export function isReading({ annotations }: Tool): boolean {
  return annotations?.readOnlyHint === true
}

export interface ToolError {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly details?: Readonly<Record<string, unknown>>
}

export type Envelope<T = unknown> =
  | { readonly status: 'success'; readonly data: T }
  | { readonly status: 'error'; readonly error: ToolError }

/** A call that brought no envelope. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: 'unreachable' | 'logged-out' | 'scope' | 'rate' | 'protocol'
  /** With `scope`: what to ask for. */
  readonly scopes: readonly string[]

  constructor(code: CallError['code'], message: string, scopes: readonly string[] = []) {
    super(message)
    this.code = code
    this.scopes = scopes
  }
}

/** In query, so that a token that may write still reads only. */
export function endpointPath(readOnly: boolean): string {
  return readOnly ? '/mcp?read_only=true' : '/mcp'
}

async function send(method: string, params: object, name: string | undefined, renew: boolean) {
  const session = await freshSession({ renew }).catch((error: unknown) => {
    throw new CallError('logged-out', error instanceof Error ? error.message : 'You are logged out.')
  })
  const meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'rowgate-console', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return await fetch(endpointPath(session.readOnly), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      Authorization: `Bearer ${session.accessToken}`,
      'MCP-Protocol-Version': REVISION,
      'Mcp-Method': method,
      ...(name !== undefined && { 'Mcp-Name': name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
  }).catch(() => {
    throw new CallError('unreachable', 'The server does not answer. Try again.')
  })
}

async function request<T>(method: string, params: object = {}, name?: string): Promise<T> {
  let response = await send(method, params, name, false)
  if (response.status === 401) response = await send(method, params, name, true)
  if (response.status === 401) throw new CallError('logged-out', 'The login has ended. Log in again.')
  if (response.status === 403) {
    const scopes = scopesIn(response.headers.get('WWW-Authenticate'))
    throw new CallError('scope', 'Your login does not allow this yet.', scopes)
  }
  const body = (await response.json().catch(() => undefined)) as
    | { readonly result?: T; readonly error?: { readonly message?: string } }
    | undefined
  if (body?.result !== undefined) return body.result
  const message = body?.error?.message ?? `The server answered ${response.status}.`
  throw new CallError(response.status === 429 ? 'rate' : 'protocol', message)
}

export async function listTools(): Promise<readonly Tool[]> {
  const tools: Tool[] = []
  let cursor: string | undefined
  do {
    const page = await request<{ readonly tools: readonly Tool[]; readonly nextCursor?: string }>(
      'tools/list',
      cursor === undefined ? {} : { cursor },
    )
    tools.push(...page.tools)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return tools
}

export async function callTool<T = unknown>(
  name: string,
  args: Readonly<Record<string, unknown>> = {},
): Promise<Envelope<T>> {
  const result = await request<{
    readonly structuredContent?: Envelope<T>
    readonly content?: readonly { readonly text?: string }[]
  }>('tools/call', { name, arguments: args }, name)
  if (result.structuredContent !== undefined) return result.structuredContent
  const text = result.content?.map((block) => block.text ?? '').join('\n')
  throw new CallError('protocol', text || 'The tool answered without a result.')
}

/** The answer of a tool; its error is thrown. */
export async function dataOf<T>(name: string, args?: Readonly<Record<string, unknown>>): Promise<T> {
  const envelope = await callTool<T>(name, args)
  if (envelope.status === 'success') return envelope.data
  throw new ToolFailure(envelope.error)
}

/** A tool's own error: its message is written by the server, for people too. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure'
  readonly error: ToolError

  constructor(error: ToolError) {
    super(error.message)
    this.error = error
  }
}
