/** Opens a deployment's engines, once per isolate, and collects their databases, stores and logs. */

import type { CacheStore } from '../infra/cache/store.ts'
import type { SourceLock } from '../infra/config/lock-file.ts'
import type { Audit } from './audit-trail.ts'
import type { CallScope } from './call-scope.ts'
import type { ConnectionName, Connections, Openers, SourceOpeners } from './connections.ts'
import type { EngineContext, OpenEngine, OpenSource } from './engine.ts'
import { engines } from './engines.ts'
import type { ProbedEngine } from './health.ts'
import { auditOfSources } from './source-audits.ts'

export interface OpenEngines {
  readonly openers: Openers
  readonly names: ReadonlySet<ConnectionName>
  /** In the order of `rowgate.yaml`; `main` alone where it declares none. */
  readonly sources: readonly { readonly name: string; readonly lock: SourceLock | undefined }[]
  readonly sourceOpeners: SourceOpeners
  readonly probed: readonly ProbedEngine[]
  /** The cache store of the first engine that has one. */
  readonly cacheStore: ((call: CallScope) => CacheStore) | undefined
  /** The source that keeps what is no source's own; absent without Postgres. */
  readonly auditSource: string | undefined
  /** Absent where no engine has an audit log. */
  readonly audit: Audit | undefined
}

export function openEngines(context: EngineContext): OpenEngines {
  const opened = engines.flatMap((engine) => {
    const open = engine.open(context)
    return open === undefined ? [] : [{ ...open, name: engine.name, optional: engine.optional }]
  })
  const openers: Openers = Object.assign({}, ...opened.map(({ open }) => open))
  // Each engine's type lists only its own capabilities.
  const sources = opened.flatMap(({ sources = [] }) => [...sources]) as OpenSource<
    Pick<Connections, 'postgres'>
  >[]
  return {
    openers,
    // The cast restores the type of the keys, which Object.keys drops.
    names: new Set(Object.keys(openers) as ConnectionName[]),
    sources: sources.map(({ name, declared }) => ({ name, lock: declared?.lock })),
    sourceOpeners: new Map(
      sources.flatMap(({ name, open }) => (open.postgres === undefined ? [] : [[name, open.postgres]])),
    ),
    probed: opened.flatMap(probedOf),
    cacheStore: opened.find(({ cacheStore }) => cacheStore !== undefined)?.cacheStore,
    auditSource: (sources.find(({ declared }) => declared?.audit === true) ?? sources[0])?.name,
    audit: auditOfSources(sources),
  }
}

type Named = ProbedEngine & Pick<OpenEngine<unknown>, 'sources'>

/** The probes of an engine, one for each source that `rowgate.yaml` declares. */
function probedOf(engine: Named): ProbedEngine[] {
  const declared = engine.sources?.filter((source) => source.declared !== undefined) ?? []
  if (declared.length === 0) return [engine]
  const { name, optional } = engine
  return declared.map((source) => ({ ...source, name, optional, source: source.name }))
}
