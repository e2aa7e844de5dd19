/**
 * `resources/list`, `resources/templates/list` and `resources/read` (2026-07-28, server/resources), over
 * providers that each know their own URIs. Served on the SDK path only.
 */

import {
  type JSONRPCMessage,
  type ReadResourceResult,
  type Resource,
  ResourceNotFoundError,
  type ResourceTemplateType,
  type Server,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import { onlyPage } from './only-page.ts'
import { changeSent } from './sent-messages.ts'

/**
 * Lifetime of a resource in a client's cache, in milliseconds: that of cached descriptions of tables here.
 */
export const RESOURCE_TTL_MS = 60_000

/** The resources of one kind, as one caller may read them. */
export interface ResourceProvider {
  readonly templates: readonly ResourceTemplateType[]
  list(): Promise<readonly Resource[]>
  /** Undefined where it has no such resource for this caller. */
  read(uri: string): Promise<ReadResourceResult | undefined>
}

export function serveResources(
  server: Server,
  providers: readonly ResourceProvider[],
  { modern }: { readonly modern: boolean },
): void {
  server.setRequestHandler('resources/list', { params: onlyPage }, async () => {
    const lists = await Promise.all(providers.map((provider) => provider.list()))
    return { resources: lists.flat() }
  })
  server.setRequestHandler('resources/templates/list', { params: onlyPage }, () => ({
    resourceTemplates: providers.flatMap(({ templates }) => templates),
  }))
  server.setRequestHandler('resources/read', async ({ params: { uri } }) => {
    for (const provider of providers) {
      const found = await provider.read(uri)
      if (found !== undefined) return found
    }
    throw new ResourceNotFoundError(uri)
  })
  if (!modern) changeSent(server, withOldCode)
}

/** "Not found" in 2025-11-25 (server/resources, "Error Handling"); 2026-07-28 says "invalid params". */
const NOT_FOUND = -32002
const missing = z.strictObject({ uri: z.string() })

/** The SDK sends the new code in every revision. Only "not found" has a URI and no more as its data. */
function withOldCode(message: JSONRPCMessage): JSONRPCMessage {
  if (!('error' in message) || !missing.safeParse(message.error.data).success) return message
  return { ...message, error: { ...message.error, code: NOT_FOUND } }
}
