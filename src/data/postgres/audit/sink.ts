/** Sends the audit log's signed rows to `rowgate.audit_later`, with the restricted login. */

import type { Audit } from '../../audit-trail.ts'
import type { EngineContext } from '../../engine.ts'
import { lazy } from '../../lazy.ts'
import { keySourceOf, type PostgresSource } from '../source.ts'
import { createAudit } from './log.ts'

export function createAuditSink({ config, events }: EngineContext, source: PostgresSource): Audit {
  const load = lazy(async () => {
    const [{ openClient, targetOf }, { loggable }] = await Promise.all([
      import('../client.ts'),
      import('../errors.ts'),
    ])
    return { client: await openClient(targetOf(source.address)), loggable }
  })
  return createAudit({
    identityKey: config.IDENTITY_KEY,
    source: keySourceOf(source),
    reads: config.AUDIT_READS,
    first: config.AUDIT_FIRST,
    async send(rows, signal) {
      const { client, loggable } = await load()
      try {
        await client.execute('select rowgate.audit_later($1)', [rows], { signal })
      } catch (cause) {
        throw loggable(cause)
      }
    },
    onLoss: events.auditLost,
  })
}
