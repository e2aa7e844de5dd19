/** Checks before a race that all contestants give the same answer to the same request. */

import { CONTESTANTS, type Trial } from './measure.ts'

interface Reply {
  readonly result?: {
    readonly tools?: readonly { readonly name: string }[]
    readonly content?: readonly { readonly text: string }[]
    readonly isError?: boolean
  }
}

/** Throws unless all answers agree: no error, and as many tools or the same text. */
export async function compareAnswers({ name, request, workers }: Trial): Promise<void> {
  const said = new Map<string, string>()
  for (const contestant of CONTESTANTS) {
    const reply = await ask(workers[contestant].port, request)
    const gist = gistOf(reply)
    if (gist === undefined) {
      throw new Error(`${contestant} fails at ${name}: ${JSON.stringify(reply).slice(0, EXCERPT_CHARACTERS)}`)
    }
    said.set(contestant, gist)
  }
  if (new Set(said.values()).size > 1) {
    throw new Error(`The answers to ${name} differ: ${JSON.stringify([...said])}`)
  }
}

const EXCERPT_CHARACTERS = 500

async function ask(port: number, request: string): Promise<Reply> {
  const [head = '', body = ''] = request.split('\r\n\r\n')
  const lines = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string])
  const headers = new Headers(lines.filter(([name]) => name !== 'Host' && name !== 'Content-Length'))
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', headers, body })
  return (await response.json()) as Reply
}

/**
 * The part of an answer that all contestants must agree on: the number of tools or rows, or the message.
 * Undefined for an error.
 */
function gistOf({ result }: Reply): string | undefined {
  if (result?.tools !== undefined) return `${result.tools.length} tools`
  const text = result?.content?.[0]?.text
  if (text === undefined || result?.isError === true) return undefined
  const { data } = JSON.parse(text) as { data: { rows?: unknown[]; message?: string } | unknown[] }
  const rows = Array.isArray(data) ? data : data.rows
  return rows === undefined ? JSON.stringify(data) : `${rows.length} rows`
}
