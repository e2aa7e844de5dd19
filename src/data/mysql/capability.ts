/** What a toolset may ask of MySQL or MariaDB. */

import type { MySqlTable } from 'drizzle-orm/mysql-core'
import type { OwnedDatabase } from '../owned-rows.ts'

/** Several statements are one transaction. */
export type MySql = OwnedDatabase<MySqlTable>
