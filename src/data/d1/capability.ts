/** D1, Cloudflare's SQLite: the capability for toolsets. */

import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { OwnedDatabase } from '../owned-rows.ts'

/** Several statements are one transaction, in one round trip. */
export type D1 = OwnedDatabase<SQLiteTable>
