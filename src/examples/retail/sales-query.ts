/** Caller-written SQL, limited to the shop's tables. */

import type { Postgres } from '../../data/postgres/capability.ts'
import { runQuery } from '../../sql-guard/query.ts'
import type { Access } from '../../sql-guard/rules/relations.ts'
import type { QueryRows } from '../../sql-guard/schema.ts'
import type { SalesQuery } from './schema.ts'
import { TABLE_NAMES } from './table-names.ts'

const SHOP: Access = {
  schemas: ['retail'],
  tables: new Set(TABLE_NAMES.map((name) => `retail.${name}`)),
  listTool: 'get_multiple_table_schemas',
}

export function runSalesQuery(
  postgres: Postgres,
  { postgresql_query: sql, ...rest }: SalesQuery,
): Promise<QueryRows> {
  return runQuery(postgres, { sql, ...rest }, SHOP)
}
