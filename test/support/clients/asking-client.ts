/** A client that asks its user before a write: one call, and the questions that the user saw. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { type Envelope, ORIGIN } from '../product/rowgate.ts'
import type { RowgateOfSources } from '../product/sources.ts'

type Options = Parameters<RowgateOfSources['token']>[1]

interface Asking {
  readonly tool: string
  /** The user's answer; a yes by default. */
  readonly answer?: object
  readonly onAsked?: () => Promise<unknown>
}

export async function askingClient(
  rowgate: RowgateOfSources,
  options: Options,
  { tool, answer, onAsked }: Asking,
) {
  const questions: unknown[] = []
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    questions.push(params.message)
    await onAsked?.()
    return { action: 'accept', content: { confirmed: true }, ...answer }
  })
  const token = await rowgate.token('alice', options)
  const requestInit = { headers: { Authorization: `Bearer ${token}` } }
  await client.connect(
    new StreamableHTTPClientTransport(new URL('/mcp', ORIGIN), { fetch: rowgate.fetch, requestInit }),
  )
  return {
    questions,
    async call(args: object) {
      const result = await client.callTool({ name: tool, arguments: { ...args } })
      await client.close()
      return result.structuredContent as unknown as Envelope
    },
  }
}
