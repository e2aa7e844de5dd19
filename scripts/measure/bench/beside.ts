/** Another MCP server on this machine, which reads the same database. */

import { Refusal } from '../../cli/cli-error.ts'

export interface Beside {
  readonly name: string
  readonly port: number
  /** The whole HTTP request of a call that runs one SELECT. */
  readonly request: string
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
/** What servers without the newest revision speak. */
const REVISION = '2025-06-18'
const CLIENT = {
  protocolVersion: REVISION,
  capabilities: {},
  clientInfo: { name: 'bench', version: '1.0.0' },
}

/** `given` is NAME=URL. Its tool is the first that takes a text `sql` and needs nothing else. */
export async function openBeside(given: string, sql: string): Promise<Beside> {
  const [, name = '', address = ''] = /^([^=]+)=(.*)$/.exec(given) ?? []
  const url = URL.parse(address)
  if (url?.protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(url.hostname))
    throw new Refusal(`--beside ${given}: it must be NAME=http://127.0.0.1:PORT/PATH.`)
  const { session } = await ask(url, undefined, 'initialize', CLIENT)
  const { result } = await ask(url, session, 'tools/list', {})
  const tool = result.tools?.find(
    ({ inputSchema: { required = [] } }) => required.length === 1 && required[0] === 'sql',
  )
  if (tool === undefined) throw new Refusal(`${name} has no tool that takes one argument \`sql\`.`)
  const body = message('tools/call', { name: tool.name, arguments: { sql } })
  const headers = { ...headersOf(session), 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ host: url.host, ...headers }).map(([key, value]) => `${key}: ${value}`)
  const head = [`POST ${url.pathname} HTTP/1.1`, ...lines].join('\r\n')
  return { name, port: Number(url.port || '80'), request: `${head}\r\n\r\n${body}` }
}

interface Answer {
  readonly tools?: readonly {
    readonly name: string
    readonly inputSchema: { readonly required?: readonly string[] }
  }[]
}

async function ask(url: URL, session: string | undefined, method: string, params: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: headersOf(session),
    body: message(method, params),
  })
  const said = await response.text()
  // An event stream holds the message in a line of its own.
  const json = /^(?:data: )?(\{.*\})\s*$/m.exec(said)?.[1]
  if (!response.ok || json === undefined)
    throw new Refusal(`${url} answers ${method} with status ${response.status}.`)
  const { result = {} } = JSON.parse(json) as { result?: Answer }
  return { result, session: response.headers.get('mcp-session-id') ?? session }
}

function headersOf(session: string | undefined): Record<string, string> {
  const revision = { ...HEADERS, 'mcp-protocol-version': REVISION }
  return session === undefined ? revision : { ...revision, 'mcp-session-id': session }
}

function message(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
}
