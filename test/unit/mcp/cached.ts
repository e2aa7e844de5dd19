/**
 * Tools whose answers are kept, and an endpoint in front of them that counts how often they were really
 * asked.
 */

import * as z from 'zod'
import { createCache } from '../../../src/infra/cache/cache.ts'
import type { CacheStore } from '../../../src/infra/cache/store.ts'
import type { Caller } from '../../../src/infra/caller.ts'
import { readAccept } from '../../../src/mcp/accept.ts'
import { createCancellations } from '../../../src/mcp/cancellation.ts'
import { createEndpoint } from '../../../src/mcp/endpoint.ts'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { createResponseCache } from '../../../src/mcp/response-cache.ts'
import { serveBySdk } from '../../../src/mcp/sdk-path.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import type { CacheRule, Toolset } from '../../../src/toolkit/tool.ts'
import { endpointParts, makeTool, requestContext } from './fixture.ts'
import { type Era, message, read } from './messages.ts'

export const TTL_S = 60
export const rule = (per: CacheRule['per'], version = 1): CacheRule => ({ ttlSeconds: TTL_S, per, version })

export function caller(userId: string, tenantId = 'default', scopes = ['unit:use']): Caller {
  return { userId, tenantId, scopes: new Set(scopes) }
}
export const alice = caller('alice')

export function mapStore(): CacheStore & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>()
  return {
    entries,
    get: async (_, name) => entries.get(name),
    set: async (_, name, value) => void entries.set(name, value),
  }
}

/** Each tool answers who asked, and its count of calls. */
export function startService(
  store: CacheStore = mapStore(),
  given: { secret?: string; version?: number; load?: (asked: number) => Promise<unknown> } = {},
) {
  const outages: unknown[] = []
  let loads = 0
  const run = async ({ caller: { userId, tenantId } }: { readonly caller: Caller }, input: unknown) => {
    loads += 1
    return (await given.load?.(loads)) ?? { load: loads, userId, tenantId, input }
  }
  const output = z.union([
    z.object({ load: z.int(), userId: z.string(), tenantId: z.string(), input: z.unknown() }),
    z.string(),
    z.object({ fine: z.unknown() }).strict(),
    z.object({ read: z.int() }),
  ])
  const reads = (['caller', 'tenant', 'everyone'] as const).map((per) =>
    makeTool(`by_${per}`, { cache: rule(per, given.version), output, run }),
  )
  const toolsets: Toolset[] = [
    { name: 'unit', title: 'Unit', tools: [...reads, makeTool('change', { writes: true })] },
    {
      name: 'other',
      title: 'Other',
      tools: [
        makeTool('elsewhere', { cache: rule('tenant'), run }),
        makeTool('elsewhere_change', {
          writes: true,
          run: () => Promise.reject(new Error('lost on the way back')),
        }),
      ],
    },
  ]
  const registry = createRegistry(toolsets, new Set())
  const responseCache = createResponseCache(toolsets, {
    cache: createCache({ now: Date.now, waitMs: 250, onOutage: (cause) => outages.push(cause) }),
    secret: given.secret ?? 'ours',
    open: () => store,
  })
  const parts = endpointParts({ responseCache })
  const endpoint = createEndpoint(registry, parts)
  const from = (by: Caller, work: Promise<unknown>[]) =>
    requestContext({ caller: by, waitUntil: (promise) => void work.push(promise) })

  /** One call, the storing of its answer included. */
  async function call(
    by: Caller,
    tool: string,
    of: unknown = 1,
    { era = '2026-07-28' as Era, sdk = false } = {},
  ) {
    const { request, body } = message(era, 'tools/call', { params: { arguments: args(tool, of) } }, tool)
    const work: Promise<unknown>[] = []
    const asked = from(by, work)
    const response = sdk
      ? await serveBySdk(request, body, {
          requestUrl: request.url,
          view: registry.view(by, EVERYTHING),
          context: asked,
          parts,
          accepted: readAccept(null),
          cancellations: createCancellations(),
          extension: undefined,
        })
      : await endpoint(request, body, asked)
    if (!(response instanceof Response)) throw new Error('Every caller here may call every tool.')
    const { messages } = await read(response)
    await Promise.all(work)
    const result = Reflect.get(Object(messages[0]), 'result')
    return { result, data: result.structuredContent.data, note: result._meta?.['rowgate/cache'], asked }
  }
  return { call, outages, loads: () => loads }
}

function args(tool: string, of: unknown): object {
  return tool.endsWith('change') ? {} : { of }
}
