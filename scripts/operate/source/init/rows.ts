/**
 * The rows of a table that a caller sees: by its tenant column, by the user, or by a way to another table.
 */

import type { TableFile } from '../../../../src/infra/config/rowgate-file.ts'
import type { CatalogueTable } from '../catalogue.ts'
import type { Choices } from './proposal.ts'
import type { TenantProposal } from './tenant.ts'
import type { UserProposal } from './user.ts'
import { nullableWay, type Way, waysTo } from './ways.ts'

export interface RowsDecision {
  readonly rows: TableFile['rows'] | undefined
  readonly why: string
  readonly ways: readonly Way[]
  readonly scope: string | undefined
  readonly mayServe: boolean
}

interface Deciding {
  readonly source: string
  /** Those that nothing else keeps out. */
  readonly tables: readonly CatalogueTable[]
  readonly tenant: TenantProposal | undefined
  readonly user: UserProposal | undefined
  readonly nameOf: (table: CatalogueTable) => string
  readonly choices: Choices
}

export function decideRows(deciding: Deciding): (table: CatalogueTable) => RowsDecision {
  const { tables, nameOf, choices } = deciding
  const known = new Map(
    tables.flatMap((table) => {
      const decision = byColumn(table, deciding)
      return decision === undefined ? [] : [[table, decision] as const]
    }),
  )
  const ways = waysTo(
    tables.filter(({ kind }) => kind === 'table' || kind === 'partitioned table'),
    new Set(known.keys()),
  )
  return (table) => {
    const own = known.get(table)
    if (own !== undefined) return own
    const found = ways.get(table) ?? []
    const asked = choices.ways?.[nameOf(table)]
    const way = found.find(({ column }) => column === asked) ?? found[0]
    if (way === undefined)
      return withoutWay(table, { ...deciding, reached: [...known.keys(), ...ways.keys()] })
    const rows = { via: `${way.column} -> ${nameOf(way.to)}` }
    const why = `the rows of those ${nameOf(way.to)} that the caller sees`
    return { rows, why, ways: found, scope: undefined, mayServe: false }
  }
}

function byColumn(
  table: CatalogueTable,
  { tenant, user, choices, nameOf }: Deciding,
): RowsDecision | undefined {
  const known = (rows: TableFile['rows'], why: string): RowsDecision => ({
    ...{ rows, why, ways: [], scope: undefined, mayServe: false },
  })
  if (tenant?.home?.table === table) {
    return known({ [tenant.home.column]: 'tenant' }, "the caller's tenant itself")
  }
  if (tenant?.tables.includes(table)) {
    const column = table.columns.find(({ name }) => name === tenant.column)
    const stored = table.kind === 'table' || table.kind === 'partitioned table'
    const nobody = stored && column?.notNull === false ? '; nobody sees a row without a tenant' : ''
    return known('tenant', `the tenant's rows${nobody}`)
  }
  if (tenant !== undefined || user === undefined) return undefined
  const claim = `user.${user.as}`
  if (table === user.table) return known({ [user.key]: claim }, "the caller's own row")
  const columns = table.foreignKeys.flatMap(({ columns: from, schema, table: name, to }) =>
    schema === user.table.schema && name === user.table.name && from.length === 1 && to[0] === user.key
      ? from
      : [],
  )
  const asked = choices.ways?.[nameOf(table)]
  const column = columns.find((each) => each === asked) ?? columns[0]
  if (column === undefined) return undefined
  return known({ [column]: claim }, `the rows whose ${column} is the caller`)
}

interface Reaching extends Deciding {
  readonly reached: readonly CatalogueTable[]
}

function withoutWay(
  table: CatalogueTable,
  { source, tenant, choices, nameOf, reached }: Reaching,
): RowsDecision {
  const scope = `${source.replaceAll('_', '-')}:read`
  const everybody = { rows: 'all' as const, ways: [], mayServe: true }
  if (tenant === undefined) {
    return { ...everybody, why: 'every row, for callers with the scope', scope }
  }
  if (choices.serve?.includes(nameOf(table))) {
    return {
      ...everybody,
      why: 'every row, for callers of every tenant: this was asked for',
      scope: undefined,
    }
  }
  const nullable = nullableWay(table, (schema, name) =>
    reached.some((each) => each.schema === schema && each.name === name),
  )
  const why =
    nullable === undefined
      ? `it has no ${tenant.column} and no foreign key to a table that has`
      : `its way to a tenant, ${nullable}, may be null`
  return { rows: undefined, why, ways: [], scope: undefined, mayServe: true }
}
