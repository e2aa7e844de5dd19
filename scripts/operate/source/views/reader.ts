/** The reader: the role that owns the views, and what it may do with the application's tables. */

import { identifier } from '../../../local/postgres/literal.ts'
import type { CatalogueTable } from '../catalogue.ts'
import { list, quoted } from './names.ts'
import type { Reading } from './rows.ts'
import type { ViewsState } from './state.ts'

/** Functions of core that the reader's own functions and views call. */
const CORE_FUNCTIONS = [
  'user_id()',
  'tenant_id()',
  'claim(text)',
  'has_scope(text)',
  'may_write()',
  'mask_hash(text)',
].map((each) => `rowgate.${each}`)

/** Makes the role if there is none, and clears it of all that an earlier `up` made and granted. */
export function freshReader(
  reader: string,
  { reader: found, superuser }: ViewsState,
  version: number,
): string[] {
  return [
    found === null ? `create role ${identifier(reader)} nologin` : '',
    superuser ? '' : joinReader(reader, version),
    found === null ? '' : `drop owned by ${identifier(reader)}`,
  ].filter((statement) => statement !== '')
}

/** For the transaction only: to make what the reader owns, its maker must be a member of it. */
export function joinReader(reader: string, version: number): string {
  const options = version >= 160_000 ? ' with inherit true, set true' : ''
  return `grant ${identifier(reader)} to current_user${options}`
}

export function leaveReader(reader: string): string {
  return `revoke ${identifier(reader)} from current_user`
}

/** Privileges by table. */
export interface TableGrant extends Reading {
  /** Beside SELECT on the columns, as GRANT has them: `insert ("title")`. */
  readonly writes: readonly string[]
}

export function readerGrants(
  reader: string,
  grants: readonly TableGrant[],
  { schemas }: ViewsState,
): string[] {
  const to = identifier(reader)
  const columns = new Map<CatalogueTable, Set<string>>()
  for (const { table, columns: names } of grants) {
    columns.set(table, new Set([...(columns.get(table) ?? []), ...names]))
  }
  const open = new Set(schemas.filter(({ isOpen }) => isOpen).map(({ name }) => name))
  const closed = new Set(Array.from(columns.keys(), ({ schema }) => schema).filter((name) => !open.has(name)))
  return [
    `grant usage on schema rowgate to ${to}`,
    `grant execute on function ${CORE_FUNCTIONS.join(', ')} to ${to}`,
    ...Array.from(closed, (name) => `grant usage on schema ${identifier(name)} to ${to}`),
    ...Array.from(columns, ([table, names]) => `grant select (${list(names)}) on ${quoted(table)} to ${to}`),
    ...grants
      .filter(({ writes }) => writes.length > 0)
      .map(({ table, writes }) => `grant ${writes.join(', ')} on ${quoted(table)} to ${to}`),
  ]
}
