/** Database diagnostics from `rowgate.diagnostics`: statistics of tables and statements, never their rows. */

import { sql } from 'drizzle-orm'
import type { Postgres } from '../../data/postgres/capability.ts'
import { type Diagnostics, diagnosticsOutput } from './schema.ts'

export async function databaseDiagnostics(postgres: Postgres): Promise<Diagnostics> {
  const [result] = await postgres.read((db) => [db.execute(sql`select rowgate.diagnostics() as report`)])
  return diagnosticsOutput.parse(result.rows[0]?.report)
}
