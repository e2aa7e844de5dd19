/** Keys of the response cache: two calls share a key only where they may share a result. */

import { canonical, nameOf } from '../infra/cache/key.ts'
import type { Caller } from '../infra/caller.ts'
import { SERVER_VERSION } from '../infra/version.ts'
import type { Source } from '../toolkit/services.ts'
import type { CacheRule } from '../toolkit/tool.ts'

/** The group of entries that all callers share; a tenant's name is never empty. */
const EVERYONE = ''

/** Callers whose entries a write invalidates. A caller's own go with the tenant's. */
export type Audience = 'tenant' | 'everyone'

export interface ResultOf {
  readonly toolset: string
  readonly tool: string
  readonly rule: CacheRule
  readonly source: Source | undefined
  readonly input: unknown
}

export interface ResponseCacheKeys {
  /** One result's key; undefined where the arguments have no canonical text. */
  result(by: Caller, of: ResultOf): Promise<string> | undefined
  /** The key of a toolset's generation. */
  generation(group: string, toolset: string): Promise<string>
}

/** `secret` keeps deployments that share a store apart, and keeps keys from being guessed. */
export function createResponseCacheKeys(secret: string): ResponseCacheKeys {
  return {
    result(by, { toolset, tool, rule, source, input }) {
      const args = canonical(input)
      if (args === undefined) return undefined
      const where = [source?.name ?? '', source?.lock?.fileHash ?? '']
      const what = [secret, 'result', SERVER_VERSION, toolset, tool, rule.version, where, args]
      return nameOf([...what, ...whoOf(by, rule)])
    },
    generation: (group, toolset) => nameOf([secret, 'generation', group, toolset]),
  }
}

export function audienceOf({ per }: CacheRule): Audience {
  return per === 'everyone' || per === 'scopes' ? 'everyone' : 'tenant'
}

export function groupOf(audience: Audience, { tenantId }: Caller): string {
  return audience === 'everyone' ? EVERYONE : tenantId
}

/** The scopes are part of the key: a policy may depend on them. */
function whoOf({ tenantId, userId, scopes }: Caller, { per }: CacheRule): (string | readonly string[])[] {
  if (per === 'everyone') return [per]
  if (per === 'scopes') return [per, [...scopes].sort()]
  const who = [per, tenantId, [...scopes].sort()]
  return per === 'caller' ? [...who, userId] : who
}
