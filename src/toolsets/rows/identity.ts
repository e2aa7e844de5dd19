/** Values of the caller's identity, as Postgres knows them from the seal: no argument can name them. */

import { type SQL, sql } from 'drizzle-orm/sql'

/**
 * `from`: `tenant`, `user`, `user.NAME` or `claim.NAME`. Text, except `user.NAME`, which is of the type of
 * the column that it is looked up in.
 */
export function identityValue(viewSchema: string, from: string): SQL {
  const [kind, name] = from.split('.')
  if (kind === 'claim' && name !== undefined) return sql`(select rowgate.claim(${name}))`
  // The function that `up` made for a look-up of the caller.
  if (name !== undefined) return sql`(select ${sql.identifier(viewSchema)}.${sql.identifier(name)}())`
  return kind === 'tenant' ? sql`(select rowgate.tenant_id())` : sql`(select rowgate.user_id())`
}
