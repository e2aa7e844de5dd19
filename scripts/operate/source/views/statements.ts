/** The views, and what the Worker's login may do with them. */

import { identifier } from '../../../local/postgres/literal.ts'
import { maskExpression } from './masks.ts'
import { list, quoted } from './names.ts'
import type { RowRule } from './rows.ts'
import type { ServedTable } from './tables.ts'
import type { Values } from './values.ts'
import { isWritable, type WriteRule } from './writes.ts'

/** A table's alias in its view. */
export const ALIAS = 't'

export interface Served {
  readonly served: ServedTable
  readonly rule: RowRule
  readonly write: WriteRule
}

/**
 * A write needs a transaction that was entered to write. That it is read-only does not hold it alone: before
 * PostgreSQL 16, `set_config('transaction_read_only', null, true)` takes that back.
 */
export const WRITE_GUARD =
  "(select pg_catalog.current_setting('transaction_read_only') = 'on' or rowgate.may_write())"

export function conditionsOf({ rule, write }: Pick<Served, 'rule' | 'write'>): readonly string[] {
  return isWritable(write) ? [WRITE_GUARD, ...rule.conditions] : rule.conditions
}

/**
 * A barrier view, whose conditions come before any of the caller's; over row security a plain one, since the
 * policies are the barrier.
 */
export function createView(schema: string, each: Served, values: Values): string[] {
  const { served, write } = each
  const { table, columns, view, enforce } = served
  const conditions = enforce === 'policies' ? [] : conditionsOf(each)
  const options = [
    ...(conditions.length > 0 ? ['security_barrier = true'] : []),
    ...(conditions.length > 0 && isWritable(write) ? ['check_option = local'] : []),
  ]
  const selected = columns.map((shown) => {
    const name = identifier(shown.column.name)
    const value = maskExpression(shown, `${ALIAS}.${name}`, values)
    return shown.shown === 'show' ? value : `${value} as ${name}`
  })
  const name = `${identifier(schema)}.${identifier(view)}`
  return [
    `create view ${name}${options.length > 0 ? ` with (${options.join(', ')})` : ''} as
  select ${selected.join(',\n    ')}
  from ${quoted(table)} as ${ALIAS}${conditions.length > 0 ? `\n  where ${conditions.join('\n    and ')}` : ''}`,
    ...Array.from(
      write.set,
      ([column, { sql }]) => `alter view ${name} alter column ${identifier(column)} set default ${sql}`,
    ),
  ]
}

/** The login names only columns that the caller may set; the view's defaults fill in the identity's. */
export function loginGrants(schema: string, login: string, { served, write }: Served): string[] {
  const on = `on ${identifier(schema)}.${identifier(served.view)} to ${identifier(login)}`
  return [
    `grant select ${on}`,
    ...(write.insert.length > 0 ? [`grant insert (${list(write.insert)}) ${on}`] : []),
    ...(write.update.length > 0 ? [`grant update (${list(write.update)}) ${on}`] : []),
    ...(write.allow.includes('delete') ? [`grant delete ${on}`] : []),
  ]
}
