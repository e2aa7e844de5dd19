/**
 * Writes the audit log to Postgres. A write's row is signed here and sent by the connector in the write's own
 * transaction; every other row is queued in the isolate for a moment and sent in a batch after the responses.
 */

import type { Audit, AuditedRequest } from '../../audit-trail.ts'
import { areShort, hashed } from './arguments.ts'
import { type AuditWriter, Trail } from './call-audit.ts'
import { createAuditQueue } from './queue.ts'
import type { AuditedCall } from './rows.ts'
import { type AuditSenderSettings, createAuditSender } from './sender.ts'

export interface AuditSettings extends AuditSenderSettings, Pick<AuditWriter, 'reads' | 'first'> {}

export function createAudit(settings: AuditSettings): Audit {
  const { reads, first, onLoss } = settings
  const { key, sign, write, sendBatch } = createAuditSender(settings)
  const enqueue = createAuditQueue({ sendBatch, onLoss })

  function later(call: AuditedCall, request: AuditedRequest): void {
    if (areShort(call.args)) {
      enqueue(call, request)
      return
    }
    // Within the request that queued them, so that they wait for no other request.
    request.waitUntil(
      key()
        .then((own) => hashed(call.args, own))
        .then((args) => enqueue({ ...call, args }, request))
        .catch((cause: unknown) => onLoss(1, cause)),
    )
  }

  const rows: AuditWriter = { reads, first, sign, write, later }
  return (request, call) => new Trail(rows, request, call)
}
