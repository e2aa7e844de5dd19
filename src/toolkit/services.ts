/** Services of a handler besides databases. */

import type { HealthReport } from '../data/health.ts'
import type { Embedder, RelatedWords } from '../embedding/embedding.ts'
import type { SourceLock } from '../infra/config/lock-file.ts'

/** A Postgres database that a deployment serves. */
export interface Source {
  /** `main` where `rowgate.yaml` declares none. */
  readonly name: string
  /** Written by `rowgate up`; absent for the database that the settings name. */
  readonly lock: SourceLock | undefined
  /** The scope that its callers need beside a tool's; absent where it is the only source. */
  readonly scope: string | undefined
}

/** With several sources each has a scope of its own: `crm:read`. */
export function servedAs(
  sources: readonly { readonly name: string; readonly lock: SourceLock | undefined }[],
): readonly Source[] {
  return sources.map(({ name, lock }) => ({
    name,
    lock,
    scope: sources.length > 1 ? `${name}:read` : undefined,
  }))
}

export interface Services {
  readonly embedder: Embedder
  readonly relatedWords: RelatedWords
  /** In the order of `rowgate.yaml`. */
  readonly sources: readonly Source[]
  /** The source that keeps approvals and the calls of other engines. */
  readonly auditSource: string
  /** Postgres schemas that callers' SQL may use, in search order. */
  readonly sqlSchemas: readonly string[]
  /**
   * The scope that reads a table, for tables of toolsets: by `schema.table`, or `schema.*` for all of a
   * schema.
   */
  readonly tableScopes: ReadonlyMap<string, string>
  /** `waitUntil` keeps the isolate alive until the probes' connections are closed. */
  health(waitUntil: (work: Promise<unknown>) => void): Promise<HealthReport>
}
