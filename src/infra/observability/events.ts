/** The events that an operator may want to act on, written to the log. `docs/operations.md` lists them. */

import { isCallersError } from '../errors.ts'
import { errorFields, type Log, type LogFields } from './log.ts'

export interface Events {
  auditLost(rows: number, cause: unknown): void
  cacheUnavailable(cause: unknown): void
  engineDown(engine: string, reason: LogFields): void
  issuerUnavailable(cause: unknown): void
  schemaDrift(source: string, cause: unknown): void
  tenantClaimUnread(claim: string): void
  /** A caller's own mistake is not written. */
  toolFailed(tool: string, cause: unknown): void
}

export function createEvents(log: Log): Events {
  return {
    auditLost: (rows, cause) => log.error('audit_lost', { rows, ...errorFields(cause) }),
    cacheUnavailable: (cause) => log.warn('cache_unavailable', errorFields(cause)),
    engineDown: (engine, reason) => log.error('engine_down', { engine, ...reason }),
    issuerUnavailable: (cause) => log.warn('issuer_unavailable', errorFields(cause)),
    schemaDrift: (source, cause) => log.error('schema_drift', { source, ...errorFields(cause) }),
    tenantClaimUnread: (claim) => log.warn('tenant_claim_unread', { claim }),
    toolFailed(tool, cause) {
      if (!isCallersError(cause)) log.error('tool_failed', { tool, ...errorFields(cause) })
    },
  }
}
