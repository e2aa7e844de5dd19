/** Applies the committed MySQL migrations, as the login that owns the tables. */

import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { isLoopback } from '../../../src/infra/config/urls.ts'
import { exampleFiles, readFiles } from '../migration-files.ts'

/** drizzle-kit's separator between statements. */
const BREAKPOINT = '--> statement-breakpoint'

/** Two deployments at once are serialised by a lock. Longest wait for it, in seconds. */
const PATIENCE_S = 60

/** In milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Applies pending migrations and gives their number. They are identified by their hash. MySQL commits each
 * DDL statement, so a failed migration may be applied in part; it is recorded only when it is complete.
 */
export async function applyMySqlMigrations(url: string, examples: readonly string[]): Promise<number> {
  const files = [...readFiles('toolsets', 'mysql/'), ...examples.flatMap(exampleFiles)]
  const connection = await createConnection({
    uri: url,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Like the Worker: TLS, except to this machine.
    ...(!isLoopback(new URL(url).hostname) && { ssl: { rejectUnauthorized: true, verifyIdentity: true } }),
  })
  try {
    await connection.query("select get_lock('rowgate migrations', ?)", [PATIENCE_S])
    await connection.query(
      'create table if not exists rowgate_migrations (hash varchar(64) primary key, applied_at datetime not null)',
    )
    const [rows] = await connection.query<RowDataPacket[]>('select hash from rowgate_migrations')
    const applied = new Set(rows.map(({ hash }) => String(hash)))
    const pending = files.filter(({ hash }) => !applied.has(hash))
    for (const { sql, hash } of pending) {
      for (const statement of sql.split(BREAKPOINT)) await connection.query(statement)
      await connection.query('insert into rowgate_migrations values (?, utc_timestamp())', [hash])
    }
    return pending.length
  } finally {
    await connection.end()
  }
}
