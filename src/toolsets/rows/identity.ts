/** Values of the caller's identity, as Postgres knows them from the seal: no argument can name them. */

import { type SQL, sql } from 'drizzle-orm/sql'
import type { Table } from './tables.ts'

/** The identity's values are text, which becomes these types only where it is said. */
const CASTS: ReadonlyMap<string, (value: SQL) => SQL> = new Map([
  ['uuid', (value) => sql`cast(${value} as uuid)`],
  ['bigint', (value) => sql`cast(${value} as bigint)`],
  ['integer', (value) => sql`cast(${value} as integer)`],
  ['smallint', (value) => sql`cast(${value} as smallint)`],
])

/** `from`: `tenant`, `user`, `user.NAME` or `claim.NAME`. */
export function identityValue(table: Table, name: string, from: string): SQL {
  const value = identityText(table.viewSchema, from)
  const cast = CASTS.get(table.columns.find((each) => each.name === name)?.type ?? '')
  return cast === undefined || from.startsWith('user.') ? value : cast(value)
}

/** As text; `user.NAME` is of the type of the column that it was looked up in. */
export function identityText(viewSchema: string, from: string): SQL {
  const [kind, name] = from.split('.')
  if (kind === 'claim' && name !== undefined) return sql`(select rowgate.claim(${name}))`
  // What `up` made to look the caller up, of the column's own type.
  if (name !== undefined) return sql`(select ${sql.identifier(viewSchema)}.${sql.identifier(name)}())`
  return kind === 'tenant' ? sql`(select rowgate.tenant_id())` : sql`(select rowgate.user_id())`
}
