/** Columns that a write to a table may set, once a person has allowed agents to write to it. */

import type { TableFile } from '../../../../src/infra/config/rowgate-file.ts'
import type { CatalogueTable } from '../catalogue.ts'
import { wordsOf } from './names.ts'
import type { ProposedColumn, Writes } from './proposal.ts'
import type { TenantProposal } from './tenant.ts'
import type { UserProposal } from './user.ts'

/** A column that says who made the row: not the caller's to choose. */
const MAKERS = ['author', 'reporter', 'creator', 'created', 'sender', 'submitter', 'requester']

interface Known {
  readonly rows: TableFile['rows']
  readonly columns: readonly ProposedColumn[]
  readonly tenant: TenantProposal | undefined
  readonly user: UserProposal | undefined
}

/** Undefined for a view, and for a table whose new rows could not be given what they need. */
export function proposeWrites(table: CatalogueTable, known: Known): Writes | undefined {
  if (table.kind !== 'table' && table.kind !== 'partitioned table') return undefined
  const { rows, columns, tenant, user } = known
  const set = Object.fromEntries(makers(table, user).map((column) => [column, `user.${user?.as ?? ''}`]))
  const fixed = new Set([
    ...Object.keys(set),
    ...(tenant === undefined ? [] : [tenant.column]),
    ...(typeof rows === 'object' && !('via' in rows) ? Object.keys(rows) : []),
  ])
  const whole = new Set(columns.filter(({ shown }) => shown === 'show').map(({ name }) => name))
  const free = table.columns.filter(
    ({ name, generated, sequence }) =>
      whole.has(name) && !generated && sequence === undefined && !fixed.has(name),
  )
  const insert = free.map(({ name }) => name)
  const way = typeof rows === 'object' && typeof rows.via === 'string' ? rows.via.split(' -> ')[0] : undefined
  const update = insert.filter((name) => !table.key.includes(name) && name !== way)
  const changes = table.key.length > 0 && update.length > 0
  if (insert.length === 0) return undefined
  return {
    allow: [
      'find',
      ...(table.key.length > 0 ? (['get'] as const) : []),
      'insert',
      ...(changes ? (['update'] as const) : []),
    ],
    insert,
    update: changes ? update : [],
    set,
  }
}

function makers({ foreignKeys }: CatalogueTable, user: UserProposal | undefined): string[] {
  if (user === undefined) return []
  return foreignKeys.flatMap(({ columns, schema, table, to }) => {
    const [column] = columns
    const known = schema === user.table.schema && table === user.table.name && to[0] === user.key
    if (column === undefined || columns.length > 1 || !known) return []
    return wordsOf(column).some((word) => MAKERS.includes(word)) ? [column] : []
  })
}
