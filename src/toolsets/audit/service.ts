/**
 * Reads the audit log. Row security limits it to the caller's calls, or with `audit:read` to the tenant's.
 */

import { and, arrayContains, desc, eq, gte, lt, notInArray, type SQL } from 'drizzle-orm'
import type { Postgres } from '../../data/postgres/capability.ts'
import { pageOf } from '../../toolkit/page.ts'
import { auditLog } from './log.ts'
import type { ActivityPage, ListActivity } from './schema.ts'

const columns = {
  seq: auditLog.seq,
  at: auditLog.at,
  user: auditLog.userId,
  client: auditLog.clientId,
  tool: auditLog.tool,
  outcome: auditLog.outcome,
  duration_ms: auditLog.durationMs,
  request_id: auditLog.requestId,
  targets: auditLog.targets,
  target_count: auditLog.targetCount,
  arguments_hash: auditLog.argumentsHash,
}

/** Outcomes that are not an error code. */
const NO_FAILURES = ['success', 'input_required', 'begun']

/** One page of calls, newest first. */
export async function listActivity(postgres: Postgres, input: ListActivity): Promise<ActivityPage> {
  const [rows] = await postgres.read((db) => [
    db
      .select(columns)
      .from(auditLog)
      .where(and(...conditions(input)))
      .orderBy(desc(auditLog.seq))
      .limit(input.limit + 1),
  ])
  return pageOf(Object.keys(columns), rows, input.limit, (last) => String(last.seq))
}

function conditions({ user, tool, outcome, target, request_id, since, until, cursor }: ListActivity): SQL[] {
  const all: SQL[] = []
  if (user !== undefined) all.push(eq(auditLog.userId, user))
  if (tool !== undefined) all.push(eq(auditLog.tool, tool))
  if (outcome !== undefined) {
    all.push(outcome === 'error' ? notInArray(auditLog.outcome, NO_FAILURES) : eq(auditLog.outcome, outcome))
  }
  if (target !== undefined) all.push(arrayContains(auditLog.targets, [target]))
  if (request_id !== undefined) all.push(eq(auditLog.requestId, request_id))
  if (since !== undefined) all.push(gte(auditLog.at, new Date(since)))
  if (until !== undefined) all.push(lt(auditLog.at, new Date(until)))
  if (cursor !== undefined) all.push(lt(auditLog.seq, Number(cursor)))
  return all
}
