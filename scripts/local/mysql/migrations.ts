/** Applies the committed migrations of MySQL, as the login that owns the tables. */

import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { isLoopback } from '../../../src/infra/config/urls.ts'

/** Two deployments at once take turns; how long one waits for the other, in seconds. */
const PATIENCE_S = 60

/** Only what a server gives within this time is worth waiting for, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Applies what is not applied yet and gives how many migrations that were. They are told apart by their hash. MySQL
 * commits each statement that changes a table, so a migration that fails may be half done; it is recorded when whole.
 */
export async function applyMySqlMigrations(url: string): Promise<number> {
  const migrationsFolder = fileURLToPath(new URL('../../../drizzle/mysql', import.meta.url))
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
    const pending = readMigrationFiles({ migrationsFolder }).filter(({ hash }) => !applied.has(hash))
    for (const { sql, hash } of pending) {
      for (const statement of sql) await connection.query(statement)
      await connection.query('insert into rowgate_migrations values (?, utc_timestamp())', [hash])
    }
    return pending.length
  } finally {
    await connection.end()
  }
}
