/**
 * As whom a plan measures: some real tenants or users, one that does not exist, and nobody. Their values
 * stand in the conditions of the views as literals, where the views have the sealed ones.
 */

import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { type Owner, PostgresError } from '../../../local/postgres/backend.ts'
import { identifier, literal } from '../../../local/postgres/literal.ts'
import type { Catalogue, CatalogueTable } from '../catalogue.ts'
import { quoted } from '../views/names.ts'
import type { Values } from '../views/values.ts'

export interface MeasuredCaller {
  /** For a heading: `a0000000-…`, `an unknown tenant`, `nobody`. */
  readonly who: string
  /** Whether the caller exists, so that seeing rows is no fault. */
  readonly known: boolean
  readonly tenant: string | undefined
  /** The value of `user.NAME`. */
  readonly user: string | undefined
}

/** Rows that are looked at to find tenants: enough to tell a large one from a small one. */
const ROWS_LOOKED_AT = 50_000
/** A value that no row has. */
const UNKNOWN = { uuid: '00000000-0000-4000-8000-000000000000', text: 'rowgate: nobody', number: '-1' }

export async function callersOf(
  owner: Owner,
  file: SourceFile,
  catalogue: Catalogue,
): Promise<MeasuredCaller[]> {
  const { tenant } = file.identity ?? {}
  const real =
    tenant === undefined
      ? await usersOf(owner, file, catalogue)
      : await tenantsOf(owner, { file, catalogue, column: tenant.column })
  const isNumber = tenant?.type === 'integer' || tenant?.type === 'bigint'
  const tenantUnknown = tenant?.type === 'uuid' ? UNKNOWN.uuid : isNumber ? UNKNOWN.number : UNKNOWN.text
  const unknown = tenant === undefined ? 'an unknown user' : 'an unknown tenant'
  return [
    ...real,
    { who: unknown, known: false, tenant: tenant && tenantUnknown, user: undefined },
    { who: 'nobody', known: false, tenant: undefined, user: undefined },
  ]
}

/** Up to three tenants that the database has; none where the file names no tenant's column. */
export async function someTenants(owner: Owner, file: SourceFile, catalogue: Catalogue): Promise<string[]> {
  const column = file.identity?.tenant?.column
  if (column === undefined) return []
  const callers = await tenantsOf(owner, { file, catalogue, column })
  return callers.flatMap(({ tenant }) => tenant ?? [])
}

/** With every scope: what is measured is what the rows' own rule leaves. */
export function valuesOf({ tenant, user }: MeasuredCaller, userType: string): Values {
  return {
    tenant: () => textOf(tenant),
    user: () => textOf(undefined),
    claim: () => textOf(undefined),
    lookup: () => (user === undefined ? `null::${userType}` : `${literal(user)}::${userType}`),
    scope: () => 'true',
  }
}

function textOf(value: string | undefined): string {
  return value === undefined ? 'null::text' : `${literal(value)}::text`
}

interface TenantSearch {
  readonly file: SourceFile
  readonly catalogue: Catalogue
  readonly column: string
}

/** The largest, a middling and the smallest tenant of a part of the largest table that has tenants. */
async function tenantsOf(owner: Owner, { file, catalogue, column }: TenantSearch): Promise<MeasuredCaller[]> {
  const [table] = catalogue.tables
    .filter(({ columns, kind }) => columns.some(({ name }) => name === column) && /table$/.test(kind))
    .toSorted((a, b) => (b.estimatedRows ?? 0) - (a.estimatedRows ?? 0))
  if (table === undefined) return []
  const found = await answered(
    owner,
    `select v, count(*) from (select ${identifier(column)}::text as v from ${quoted(table)} where ${identifier(column)} is not null limit ${ROWS_LOOKED_AT}) s
     group by v order by count(*) desc, v`,
  )
  const tenants = found.map(([value]) => value ?? '')
  const picked = [...new Set([0, Math.floor((tenants.length - 1) / 2), tenants.length - 1])]
  const callers: MeasuredCaller[] = []
  for (const at of picked) {
    const tenant = tenants[at]
    if (tenant === undefined) continue
    callers.push({
      who: tenant,
      known: true,
      tenant,
      user: await userWithin(owner, { file, catalogue, column }, tenant),
    })
  }
  return callers
}

async function userWithin(
  owner: Owner,
  { file, catalogue, column }: TenantSearch,
  tenant: string,
): Promise<string | undefined> {
  const found = lookupOf(file, catalogue)
  if (found === undefined) return undefined
  const within = found.table.columns.some(({ name }) => name === column)
    ? `where ${identifier(column)}::text = ${literal(tenant)}`
    : ''
  const [row] = await answered(
    owner,
    `select ${identifier(found.key)}::text from ${quoted(found.table)} ${within} order by 1 limit 1`,
  )
  return row?.[0] ?? undefined
}

async function usersOf(owner: Owner, file: SourceFile, catalogue: Catalogue): Promise<MeasuredCaller[]> {
  const found = lookupOf(file, catalogue)
  if (found === undefined) return []
  const { table, key } = found
  const rows = await answered(
    owner,
    `select ${identifier(key)}::text from ${quoted(table)} order by ${identifier(key)} limit 3`,
  )
  return rows.map(([user]) => ({
    ...{ who: `${table.name} ${user ?? ''}`, known: true, tenant: undefined, user: user ?? undefined },
  }))
}

/** The type of `user.NAME`; text where nobody is looked up. */
export function userTypeOf(file: SourceFile, catalogue: Catalogue): string {
  const found = lookupOf(file, catalogue)
  return found?.table.columns.find(({ name }) => name === found.key)?.baseType ?? 'text'
}

function lookupOf(
  { identity }: SourceFile,
  { tables }: Catalogue,
): { readonly table: CatalogueTable; readonly key: string } | undefined {
  const { lookup = '', as = '' } = identity?.user ?? {}
  const named = lookup.slice(0, lookup.lastIndexOf('.'))
  const table =
    tables.find(({ name }) => name === named) ??
    tables.find(({ schema, name }) => `${schema}.${name}` === named)
  const key = table?.columns.some(({ name }) => name === as) === true ? as : table?.key[0]
  return table === undefined || key === undefined ? undefined : { table, key }
}

/** No rows where it takes too long or may not be read. */
async function answered(owner: Owner, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  try {
    return (await owner(sql)).rows
  } catch (error) {
    if (error instanceof PostgresError) return []
    throw error
  }
}
