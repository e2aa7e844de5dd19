/** Applies the committed migrations of MySQL, as the login that owns the tables. */

import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { isLoopback } from '../../../src/infra/config/urls.ts'
import { exampleFiles, readFiles } from '../migration-files.ts'

/** What drizzle-kit writes between two statements. */
const BREAKPOINT = '--> statement-breakpoint'

/** Two deployments at once take turns; how long one waits for the other, in seconds. */
const PATIENCE_S = 60

/** Only what a server gives within this time is worth waiting for, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Applies what is not applied yet, and answers how many migrations that were. They are known by their hash. MySQL commits
 * each statement that changes a table, so a migration that fails may be half done; it is recorded once it is whole.
 */
export async function applyMySqlMigrations(url: string, examples: readonly string[]): Promise<number> {
  const files = [...readFiles('toolsets', 'mysql/'), ...examples.flatMap(exampleFiles)]
  const connection = await createConnection({
    uri: url,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // As the Worker does: by TLS, but on the same machine.
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
