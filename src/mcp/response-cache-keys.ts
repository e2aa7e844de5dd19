/** What kept answers are called in the store: two calls share a name only where they may share an answer. */

import { canonical, nameOf } from '../infra/cache/key.ts'
import type { Caller } from '../infra/caller.ts'
import { SERVER_VERSION } from '../infra/version.ts'
import type { CacheRule } from '../toolkit/tool.ts'

/** Who an entry is for. Everyone's names are grouped under no tenant; a tenant's name is never empty. */
const EVERYONE = ''

/** Whose entries a write outdates. A caller's go with the tenant's. */
export type Audience = 'tenant' | 'everyone'

export interface AnswerNames {
  /** The name of one tool's answer; undefined where the arguments have no text that is theirs alone. */
  answer(
    by: Caller,
    toolset: string,
    tool: string,
    rule: CacheRule,
    input: unknown,
  ): Promise<string> | undefined
  /** The name of what says which answers of a toolset still hold. */
  generation(owner: string, toolset: string): Promise<string>
}

/** `secret` keeps deployments apart that share a store, and callers from working names out. */
export function createAnswerNames(secret: string): AnswerNames {
  return {
    answer(by, toolset, tool, rule, input) {
      const args = canonical(input)
      if (args === undefined) return undefined
      return nameOf([secret, 'answer', SERVER_VERSION, toolset, tool, rule.version, args, ...whoOf(by, rule)])
    },
    generation: (owner, toolset) => nameOf([secret, 'generation', owner, toolset]),
  }
}

export function audienceOf({ per }: CacheRule): Audience {
  return per === 'everyone' ? per : 'tenant'
}

export function ownerOf(audience: Audience, { tenantId }: Caller): string {
  return audience === 'everyone' ? EVERYONE : tenantId
}

/** The scopes are part of who asks: what a policy shows may depend on them. */
function whoOf({ tenantId, userId, scopes }: Caller, { per }: CacheRule): (string | readonly string[])[] {
  if (per === 'everyone') return [per]
  const who = [per, tenantId, [...scopes].sort()]
  return per === 'caller' ? [...who, userId] : who
}
