/** Lists and decides approvals. `drizzle/core/functions/approvals.sql` keeps each caller to their own. */

import { sql } from 'drizzle-orm/sql'
import type { Postgres } from '../../data/postgres/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import { type Approval, approvalOutput, approvalsOutput, type DecideApproval } from './schema.ts'

export async function listApprovals(postgres: Postgres): Promise<{ approvals: Approval[] }> {
  const [{ rows }] = await postgres.read((db) => [
    db.execute(sql`select rowgate.list_approvals() as approvals`),
  ])
  return approvalsOutput.parse(rows[0])
}

/** `client`: that decides. */
export async function decideApproval(
  postgres: Postgres,
  { id, approve }: DecideApproval,
  client: string | undefined,
): Promise<Approval> {
  const [{ rows }] = await postgres.write(
    (db) => [
      db.execute(sql`
        with decided as materialized (select rowgate.decide_approval(${id}::uuid, ${approve}, ${client ?? null}) as approval)
        select approval, rowgate.written('approvals', array[${id}::text]) from decided`),
    ],
    'repeatable',
  )
  const decided = approvalOutput.safeParse(rows[0]?.approval)
  if (decided.success) return decided.data
  throw new RowgateError(
    'NOT_FOUND',
    'No such write of yours waits to be approved, or its ten minutes are over.',
  )
}
