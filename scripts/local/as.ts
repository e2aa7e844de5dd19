/** `rowgate as`: one call of a tool as anybody, through the endpoint that runs on this machine. */

import * as z from 'zod'
import { Refusal } from '../cli/cli-error.ts'
import { print, printError } from '../cli/terminal.ts'
import { openDirectory } from './directory.ts'
import { openIssuer } from './issuer.ts'
import { parseJson } from './json.ts'
import { allScopes } from './scopes.ts'
import { localSources } from './sources.ts'

/** In seconds: one call. */
const TOKEN_S = 300

export interface AsOptions {
  readonly user: string
  readonly tenant: string | undefined
  readonly claims: Readonly<Record<string, string>> | undefined
  /** Default: all. */
  readonly scopes: readonly string[] | undefined
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly port: number
  readonly directory: string
}

const answer = z.union([
  z.object({
    result: z.object({
      content: z.array(z.object({ text: z.string() })),
      isError: z.boolean().optional(),
    }),
  }),
  z.object({ error: z.object({ message: z.string() }) }),
])

/** Prints what the tool answers; an error goes to standard error, with the exit code 1. */
export async function callAs(options: AsOptions): Promise<void> {
  const issuer = await openIssuer(await openDirectory(options.directory))
  const scopes = options.scopes ?? allScopes(localSources())
  const token = await issuer.sign({ ...options, scopes, ttlSeconds: TOKEN_S })
  const params = { name: options.tool, arguments: options.args }
  const response = await send(options.port, token, { method: 'tools/call', params })
  const text = await response.text()
  const parsed = answer.safeParse(parseJson(text))
  if (!parsed.success) throw new Refusal(`The endpoint answered ${response.status}: ${reasonOf(response)}.`)
  if ('error' in parsed.data) throw new Refusal(parsed.data.error.message)
  const { content, isError } = parsed.data.result
  const said = content.map((block) => block.text).join('\n')
  if (isError === true) {
    process.exitCode = 1
    printError(said)
  } else print(said)
}

async function send(port: number, token: string, message: object): Promise<Response> {
  try {
    return await fetch(`http://localhost:${port}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
    })
  } catch (cause) {
    throw new Refusal(`Nothing answers on port ${port}: \`npm start\` starts the endpoint.`, { cause })
  }
}

/** The meaning of an answer that is no JSON-RPC: which scope is missing, or whose token it is. */
function reasonOf({ headers }: Response): string {
  const challenge = headers.get('www-authenticate') ?? ''
  const scope = /error="insufficient_scope".*scope="([^"]*)"/.exec(challenge)?.[1]
  if (scope !== undefined) return `the call needs the scopes ${scope}`
  return /error_description="([^"]*)"/.exec(challenge)?.[1] ?? 'its log says why'
}
