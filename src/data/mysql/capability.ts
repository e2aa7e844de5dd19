/** MySQL or MariaDB: the capability for toolsets. */

import type { MySqlTable } from 'drizzle-orm/mysql-core'
import type { OwnedDatabase } from '../owned-rows.ts'

/** Several statements are one transaction. */
export type MySql = OwnedDatabase<MySqlTable>
