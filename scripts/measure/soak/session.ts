/** An agent's session: sends `tools/call` like a 2026-07-28 client and gives the envelope. */

import { MODERN_REVISION } from '../../../src/mcp/protocol.ts'

export interface Envelope {
  readonly status: string
  readonly data?: unknown
  readonly error?: { readonly code: string; readonly message: string; readonly retryable: boolean }
}

export interface SoakSession {
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<Envelope>
}

const META = {
  'io.modelcontextprotocol/protocolVersion': MODERN_REVISION,
  'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** `took` is called with the duration of each call, in milliseconds. */
export function openSession(url: URL, token: string, took: (tool: string, ms: number) => void): SoakSession {
  let id = 0
  return {
    async call(name, args) {
      id += 1
      const startedAt = performance.now()
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': MODERN_REVISION,
          'mcp-method': 'tools/call',
          'mcp-name': name,
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id,
          method: 'tools/call',
          params: { name, arguments: args, _meta: META },
        }),
      })
      const text = await response.text()
      took(name, performance.now() - startedAt)
      if (response.status !== 200) throw new Error(`${name} got HTTP ${response.status}: ${text}`)
      const message = JSON.parse(text)
      if (message.id !== id) throw new Error(`${name} got the response of another request: ${text}`)
      return message.result.structuredContent
    },
  }
}
