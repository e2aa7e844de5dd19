/** Joins the audit logs of several sources: each source chains its own calls. */

import type { Audit, AuditedRequest, AuditTrail, BegunCall } from './audit-trail.ts'
import type { OpenSource } from './engine.ts'

type Audits = ReadonlyMap<string, Audit>

/**
 * Calls that reach no source go to the log of the source with `audit: true`, or to the first source's.
 * Undefined where no source has a log.
 */
export function auditOfSources(sources: readonly OpenSource<unknown>[]): Audit | undefined {
  const audits: Audits = new Map(
    sources.flatMap(({ name, audit }) => (audit === undefined ? [] : [[name, audit] as const])),
  )
  const [only] = audits.values()
  if (audits.size < 2) return only
  const names = sources.filter(({ name }) => audits.has(name))
  const elsewhere = (names.find(({ declared }) => declared?.audit === true) ?? names[0])?.name ?? ''
  return (request, call) => new SourcesTrail(audits, elsewhere, request, call)
}

class SourcesTrail implements AuditTrail {
  readonly #audits: Audits
  readonly #elsewhere: string
  readonly #request: AuditedRequest
  readonly #call: BegunCall
  readonly #trails = new Map<string, AuditTrail>()

  constructor(audits: Audits, elsewhere: string, request: AuditedRequest, call: BegunCall) {
    this.#audits = audits
    this.#elsewhere = elsewhere
    this.#request = request
    this.#call = call
  }

  of(source: string): AuditTrail {
    const known = this.#trails.get(source)
    if (known !== undefined) return known
    const audit = this.#audits.get(source)
    if (audit === undefined) throw new Error(`The source ${source} holds no audit log.`)
    const made = audit(this.#request, this.#call)
    this.#trails.set(source, made)
    return made
  }

  signWrite(): Promise<string> {
    return this.#main().signWrite()
  }

  written(): void {
    this.#main().written()
  }

  begun(): Promise<void> {
    return this.of(this.#elsewhere).begun()
  }

  end(outcome: string): void {
    if (this.#trails.size === 0) this.#main()
    for (const trail of this.#trails.values()) trail.end(outcome)
  }

  #main(): AuditTrail {
    return this.of(this.#call.source ?? this.#elsewhere)
  }
}
