/** Opens the engines that a deployment has, once per isolate, and gathers what they bring. */

import type { CacheStore } from '../infra/cache/cache.ts'
import type { Audit } from './audit-trail.ts'
import type { CallScope } from './call-scope.ts'
import type { ConnectionName, Openers } from './connections.ts'
import type { EngineContext } from './engine.ts'
import { engines } from './engines.ts'
import type { ProbedEngine } from './health.ts'

export interface OpenEngines {
  readonly openers: Openers
  readonly names: ReadonlySet<ConnectionName>
  readonly probed: readonly ProbedEngine[]
  /** The first engine's that can hold the response cache. */
  readonly cacheStore: ((call: CallScope) => CacheStore) | undefined
  /** Absent where no engine holds an audit log. */
  readonly audit: Audit | undefined
}

export function openEngines(context: EngineContext): OpenEngines {
  const opened = engines.flatMap((engine) => {
    const open = engine.open(context)
    return open === undefined ? [] : [{ name: engine.name, optional: engine.optional, ...open }]
  })
  const openers: Openers = Object.assign({}, ...opened.map(({ open }) => open))
  return {
    openers,
    // Object.keys forgets what the type says of the keys.
    names: new Set(Object.keys(openers) as ConnectionName[]),
    probed: opened,
    cacheStore: opened.find(({ cacheStore }) => cacheStore !== undefined)?.cacheStore,
    audit: opened.find(({ audit }) => audit !== undefined)?.audit,
  }
}
