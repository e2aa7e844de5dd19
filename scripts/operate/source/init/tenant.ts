/**
 * Finds the column that says whose a row is: the one with a tenant's name that most tables have, or the one
 * that most tables have for a foreign key to the same table.
 */

import type { TenantType } from '../../../../src/infra/config/lock-file.ts'
import type { CatalogueColumn, CatalogueTable } from '../catalogue.ts'
import { singular, snake, wordsOf } from './names.ts'

export interface TenantProposal {
  readonly column: string
  readonly claim: string
  readonly type: TenantType
  /** The tables that have it. */
  readonly tables: readonly CatalogueTable[]
  /** The table of the tenants themselves and its key, if a foreign key or a name leads there. */
  readonly home: { readonly table: CatalogueTable; readonly column: string } | undefined
}

/** Surest first: a `team` is more often a part of a tenant than a `tenant` is. */
const TENANT_WORDS = [
  ['tenant'],
  ['organization', 'organisation', 'org'],
  ['account', 'workspace'],
  ['company', 'firm', 'agency'],
  ['team', 'shop', 'store', 'site', 'school', 'clinic', 'practice', 'property', 'environment'],
]

/**
 * Of the tables that have a column of a usable type. A name that fewer have is no tenant's, but for a foreign
 * key: in a small application one table may be all that has it.
 */
const LEAST_SHARE = 0.25
const LEAST_TABLES = 2

const TYPES: Readonly<Record<string, TenantType>> = {
  uuid: 'uuid',
  text: 'text',
  'character varying': 'text',
  character: 'text',
  citext: 'text',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'bigint',
}

/** Candidates, best first. */
export function tenantColumns(tables: readonly CatalogueTable[]): TenantProposal[] {
  const names = new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)))
  const rated = [...names].flatMap((column) => {
    const rank = rankOf(column)
    const having = tables.filter((table) => tenantTypeOf(table, column) !== undefined)
    const stored = having.filter(({ kind }) => kind === 'table' || kind === 'partitioned table')
    const most = tables.filter(({ kind }) => kind === 'table' || kind === 'partitioned table').length
    if (rank === undefined || stored.length < most * LEAST_SHARE) return []
    if (stored.length < LEAST_TABLES && !stored.some((table) => refersBy(table, column))) return []
    return [{ column, rank, stored: stored.length, having }]
  })
  // A rank is worth half as many tables.
  const order = rated.toSorted((a, b) => b.stored * 0.5 ** b.rank - a.stored * 0.5 ** a.rank)
  return order.map(({ column, having }) => tenantProposal(tables, column, having))
}

function refersBy({ foreignKeys }: CatalogueTable, column: string): boolean {
  return foreignKeys.some(({ columns }) => columns.length === 1 && columns[0] === column)
}

/** The proposal for a column that a person named; undefined if no table has it in a usable type. */
export function tenantNamed(tables: readonly CatalogueTable[], column: string): TenantProposal | undefined {
  const having = tables.filter((table) => tenantTypeOf(table, column) !== undefined)
  return having.length === 0 ? undefined : tenantProposal(tables, column, having)
}

function tenantProposal(
  tables: readonly CatalogueTable[],
  column: string,
  having: readonly CatalogueTable[],
): TenantProposal {
  const home = homeOf(tables, column, having)
  const types = having.map((table) => tenantTypeOf(table, column))
  const own = home && tenantTypeOf(home.table, home.column)
  // A row of a wider column is never a tenant whose number does not fit the tenants' own table.
  const type = own ?? types.find((each) => each === 'bigint') ?? types[0] ?? 'text'
  return { column, claim: snake(column), type, tables: having, home }
}

/** The place in the list; undefined for a name that is no tenant's. `partner_org_id` is somebody else's. */
function rankOf(column: string): number | undefined {
  const words = wordsOf(column)
  const [first = '', last] = words
  if (words.length > 2 || (words.length === 2 && !/^(id|uuid|key|slug|code)$/.test(last ?? '')))
    return undefined
  const rank = TENANT_WORDS.findIndex((list) => list.includes(first))
  return rank === -1 ? undefined : rank
}

export function tenantTypeOf(table: CatalogueTable, name: string): TenantType | undefined {
  const column = table.columns.find((each) => each.name === name)
  return column && typeOf(column)
}

function typeOf({ baseType, isArray, typeKind }: CatalogueColumn): TenantType | undefined {
  if (isArray || (typeKind !== 'base' && typeKind !== 'domain')) return undefined
  return TYPES[baseType.replace(/\(.*\)$/, '')]
}

function homeOf(
  tables: readonly CatalogueTable[],
  column: string,
  having: readonly CatalogueTable[],
): TenantProposal['home'] {
  const targets = having.flatMap(({ foreignKeys }) =>
    foreignKeys.filter(({ columns }) => columns.length === 1 && columns[0] === column),
  )
  const [key] = targets
  if (key !== undefined) {
    const table = tables.find(({ schema, name }) => schema === key.schema && name === key.table)
    return table && key.to[0] !== undefined ? { table, column: key.to[0] } : undefined
  }
  const [word = ''] = wordsOf(column)
  const table = tables.find(({ name, key }) => singular(snake(name)) === word && key.length === 1)
  return table?.key[0] === undefined ? undefined : { table, column: table.key[0] }
}
