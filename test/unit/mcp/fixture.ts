/** A toolset without a database, its endpoint, and the two ways that a request can take to it. */

import * as z from 'zod'
import type { Connections } from '../../../src/data/connections.ts'
import type { Caller } from '../../../src/infra/caller.ts'
import { RowgateError } from '../../../src/infra/errors.ts'
import { newRecord } from '../../../src/infra/observability/request-record.ts'
import type { RequestContext, Served } from '../../../src/infra/request-context.ts'
import { createRateLimits } from '../../../src/infra/resilience/rate-limit.ts'
import { readAccept } from '../../../src/mcp/accept.ts'
import { createCancellations } from '../../../src/mcp/cancellation.ts'
import { createEndpoint } from '../../../src/mcp/endpoint.ts'
import type { EndpointParts } from '../../../src/mcp/endpoint-parts.ts'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import { type CacheRule, type CallContext, type Tool, type Toolset, tool } from '../../../src/toolkit/tool.ts'

export const SECRET = 'password=hunter2 of another tenant'

const READS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }
const WRITES = { ...READS, readOnlyHint: false, idempotentHint: false }

const common = { title: 'A tool', description: 'Does what a test wants.', scope: 'unit:use' }

/** A plain tool around a handler; `given` changes what a test is about. */
export function makeTool(
  name: string,
  given: {
    scope?: string
    writes?: boolean
    cache?: CacheRule
    output?: z.ZodType
    run?: (call: CallContext, input: unknown) => Promise<unknown>
  } = {},
): Tool {
  return tool({
    ...common,
    name,
    scope: given.scope ?? common.scope,
    annotations: given.writes === true ? WRITES : READS,
    input: given.cache === undefined ? z.strictObject({}) : z.strictObject({ of: z.unknown() }),
    output: given.output ?? z.unknown(),
    ...(given.cache !== undefined && { cache: given.cache }),
    handler: (input, call) => (given.run ?? (() => Promise.resolve('done')))(call, input),
  })
}

const echo = tool({
  ...common,
  name: 'echo',
  annotations: READS,
  input: z.strictObject({
    text: z.string().max(5, 'may hold up to 5 characters').optional().describe('What comes back'),
    list: z
      .array(z.strictObject({ n: z.int() }))
      .optional()
      .describe('Numbers'),
  }),
  output: z.object({ text: z.string() }),
  text: ({ text }) => `It says: ${text}`,
  handler: ({ text = 'nothing' }) => Promise.resolve({ text }),
})

const silent = tool({
  ...common,
  name: 'silent',
  annotations: READS,
  input: z.strictObject({}),
  handler: () => Promise.resolve(null),
})

const unit: Toolset = {
  name: 'unit',
  title: 'Unit',
  tools: [
    echo,
    silent,
    makeTool('stepwise', {
      async run({ progress }) {
        for (const done of [1, 2]) await progress(done, 2, `step ${done}`)
        return 'both'
      },
    }),
    makeTool('conflict', {
      run: () => Promise.reject(new RowgateError('CONFLICT', 'It is there already.', { details: { id: 1 } })),
    }),
    makeTool('broken', { run: () => Promise.reject(new Error(SECRET)) }),
    makeTool('odd', { run: () => Promise.reject(SECRET) }),
    makeTool('locked', { scope: 'unit:more' }),
    makeTool('change', { writes: true }),
  ],
}

const other: Toolset = { name: 'other', title: 'Other', tools: [makeTool('elsewhere')] }

export const alice: Caller = { userId: 'alice', tenantId: 'default', scopes: new Set(['unit:use']) }

// No tool here opens an engine, so there is none to stand in for, however many there come to be.
const noDatabase = {} as Connections

export function requestContext(given: Partial<RequestContext> = {}): RequestContext {
  return {
    caller: alice,
    signal: new AbortController().signal,
    record: newRecord(0),
    requestId: () => 'unit',
    deadline: Date.now() + 60_000,
    waitUntil: () => undefined,
    ...given,
  }
}

export function endpointParts(given: Partial<EndpointParts> = {}): EndpointParts {
  return {
    rateLimits: createRateLimits({
      read: undefined,
      write: undefined,
      maxConcurrent: 1_000,
      leaseMs: 60_000,
    }),
    connect: () => noDatabase,
    services: {
      embedder: { model: 'none', embed: async () => [] },
      relatedWords: { split: () => [], score: async () => [] },
      sources: [],
      auditSource: '',
      sqlSchemas: [],
      tableScopes: new Map(),
      health: () => Promise.reject(new Error('no engine')),
    },
    stateSecret: async () => 'x'.repeat(64),
    onFailure: () => undefined,
    ...given,
  }
}

const registry = createRegistry([unit, other], new Set())

export function send(
  request: Request,
  body: unknown,
  given: Partial<RequestContext> & Partial<EndpointParts> = {},
): Promise<Served> {
  return createEndpoint(registry, endpointParts(given))(request, body, requestContext(given))
}

/** The same request on the SDK path, whether or not the fast path would serve it. */
export async function sendBySdk(request: Request, body: unknown): Promise<Response> {
  const { serveBySdk } = await import('../../../src/mcp/sdk-path.ts')
  return serveBySdk(request, body, {
    requestUrl: request.url,
    view: registry.view(alice, EVERYTHING),
    context: requestContext(),
    parts: endpointParts(),
    accepted: readAccept(request.headers.get('accept')),
    cancellations: createCancellations(),
    extension: undefined,
  })
}

/** A legacy batch to an endpoint over these tools alone. */
export async function sendBatchTo(tools: readonly Tool[], body: readonly unknown[]): Promise<Response> {
  const alone = createRegistry([{ name: 'alone', title: 'Alone', tools }], new Set())
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-03-26',
  }
  const request = new Request('http://localhost/mcp', { method: 'POST', headers })
  const served = await createEndpoint(alone, endpointParts())(request, body, requestContext())
  if (!(served instanceof Response)) throw new Error('The fixture allows every tool')
  return served
}
