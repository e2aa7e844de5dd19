/**
 * The second baseline: the SDK's `McpServer`, created per request as its documentation shows, with the same
 * tools and the same token check. Schemas are created once.
 */

import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import * as z from 'zod'
import type { Connections } from '../../../src/data/connections.ts'
import { createPostgres } from '../../../src/data/postgres/connector.ts'
import { createEmbedder } from '../../../src/embedding/embedder.ts'
import { createRelatedWords } from '../../../src/embedding/related-words.ts'
import { createVerifier, type Verifier } from '../../../src/http/auth/token.ts'
import type { Caller } from '../../../src/infra/caller.ts'
import { readConfig } from '../../../src/infra/config/settings.ts'
import type { CallContext } from '../../../src/toolkit/tool.ts'
import { tasks } from '../tasks/tools.ts'
import { bench } from './tools.ts'

const BEARER = 'Bearer '

const tools = [bench, tasks].flatMap((toolset) =>
  toolset.tools.map((tool) => ({ tool, outputSchema: envelope(tool.output ?? z.unknown()) })),
)

function envelope(data: z.ZodType) {
  const error = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() })
  return z.object({ status: z.enum(['success', 'error']), data: data.optional(), error: error.optional() })
}

type Environment = Readonly<Record<string, unknown>>

/** Created once: the token check and the database. */
interface Parts {
  readonly verifier: Verifier
  readonly call: (caller: Caller, signal: AbortSignal) => CallContext
}

let parts: Parts | undefined

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    parts ??= makeParts(env)
    const token = request.headers.get('authorization')?.slice(BEARER.length) ?? ''
    const caller = parts.verifier.cached(token) ?? (await verified(parts.verifier, token, request.url))
    if (caller === undefined) return new Response(null, { status: 401 })
    const call = parts.call(caller, request.signal)
    return createMcpHandler(() => fill(call)).fetch(request)
  },
}

function makeParts(env: Environment): Parts {
  const config = readConfig(env)
  const embedder = createEmbedder(config, undefined)
  const open = createPostgres({
    databaseUrl: config.DATABASE_URL,
    fetchEndpoint: config.DATABASE_FETCH_ENDPOINT,
    identityKey: config.IDENTITY_KEY,
    development: true,
    maxPlanCost: config.SQL_MAX_PLAN_COST,
  })
  return {
    verifier: createVerifier(config, { fetch: (input, init) => fetch(input, init), now: Date.now }),
    call(caller, signal) {
      const postgres = open(caller, { signal, deadline: Date.now() + config.REQUEST_TIMEOUT_MS })
      return {
        caller,
        signal,
        // The measured tools use no other engine.
        connections: { postgres } as Connections,
        source: { ...MAIN, postgres },
        services: {
          embedder,
          relatedWords: createRelatedWords(),
          sources: [MAIN],
          auditSource: 'main',
          sqlSchemas: config.SQL_SCHEMAS,
          tableScopes: new Map(),
          health: () => Promise.reject(),
        },
        progress: () => Promise.resolve(),
        waitUntil: () => undefined,
      }
    },
  }
}

const MAIN = { name: 'main', lock: undefined, scope: undefined }

async function verified(verifier: Verifier, token: string, url: string): Promise<Caller | undefined> {
  const verdict = await verifier.verify(token, url)
  return verdict.kind === 'verified' ? verdict.caller : undefined
}

function fill(call: CallContext): McpServer {
  const server = new McpServer({ name: 'sdk', version: '1.0.0' })
  for (const { tool, outputSchema } of tools) {
    const { name, title, description, annotations, input: inputSchema } = tool
    server.registerTool(
      name,
      { title, description, annotations, inputSchema, outputSchema },
      async (input: unknown) => {
        const structuredContent = { status: 'success' as const, data: await tool.handler(input, call) }
        return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent }
      },
    )
  }
  return server
}
