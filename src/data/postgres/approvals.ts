/** Approvals as `drizzle/core/functions/approvals.sql` keeps them. */

import { sql } from 'drizzle-orm'
import type { Postgres } from './capability.ts'

interface Asked {
  readonly tool: string
  readonly hash: string
  readonly client: string | undefined
  readonly question: string
  readonly arguments: string
  readonly rows?: object | undefined
  readonly oneTry: boolean
}

/** The approval of this write as the database gives it; asked for where there is none yet. */
export async function askApproval(
  postgres: Postgres,
  { tool, hash, client, oneTry, ...asked }: Asked,
): Promise<unknown> {
  const json = JSON.stringify(asked)
  const ask = sql`select rowgate.ask_approval(${tool}, ${hash}, ${client ?? null}, ${json}::jsonb, ${oneTry}) as approval`
  const [{ rows }] = await postgres.write((db) => [db.execute(ask)], 'repeatable')
  return rows[0]?.approval
}
