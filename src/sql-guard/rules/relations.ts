/** Resolves table names, and checks that the caller may name them. Row security decides about the rows. */

import { namesByNearness } from '../../infra/nearest.ts'
import { type Message, text } from '../parser/syntax-tree.ts'
import type { TimeWindows } from './time-window.ts'

/** Tables that an error names. */
const MOST_NEAR = 3

/** Tables that the SQL of this call may name. */
export interface Access {
  /**
   * The readable schemas, in the order of the search path. The statement must run with exactly this search
   * path, or a bare name could mean another table than the one that was checked.
   */
  readonly schemas: readonly string[]
  /** The readable tables, as `schema.table`; without it, all tables of the schemas. */
  readonly tables?: ReadonlySet<string>
  /** Tables of the schemas that are not readable, as `schema.table`. */
  readonly hidden?: ReadonlySet<string>
  /** Tables that are read within a time window. */
  readonly windows?: TimeWindows
  /** The tool that lists tables for this caller, if it is not `list_tables`. */
  readonly listTool?: string
}

/** The WITH names visible at one point of a query, innermost first. */
export interface Scope {
  readonly names: ReadonlySet<string>
  readonly outer: Scope | undefined
}

export type Resolved =
  | { readonly means: 'with' }
  | { readonly means: 'table'; readonly table: string }
  | { readonly means: 'nothing'; readonly reason: string }

/**
 * Resolves a RangeVar as Postgres does: a bare name is a WITH name first, then a table along the search path.
 */
export function resolve(relation: Message, scope: Scope | undefined, access: Access): Resolved {
  const schema = text(relation.schemaname)
  const name = text(relation.relname)
  if (schema !== '') return inSchema(schema, name, access)
  if (isVisible(name, scope)) return { means: 'with' }
  // A bare pg_ name is looked up in the catalogue before the search path.
  if (name.startsWith('pg_')) return inSchema('pg_catalog', name, access)
  const home = access.schemas.find((candidate) => mayRead(candidate, name, access))
  // Only Postgres knows which of several schemas has the table: a bare name may mean the hidden one.
  const isHidden = access.schemas.some((candidate) => access.hidden?.has(`${candidate}.${name}`))
  if (home !== undefined && !isHidden) return { means: 'table', table: `${home}.${name}` }
  return {
    means: 'nothing',
    reason: unknownTable(name, name, access),
  }
}

function isVisible(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.outer) if (at.names.has(name)) return true
  return false
}

function inSchema(schema: string, name: string, access: Access): Resolved {
  // Extensions install their views beside tables: `public.pg_stat_statements` has every caller's SQL.
  if (schema === 'information_schema' || [schema, name].some((part) => part.startsWith('pg_'))) {
    const reason = `The catalogue (\`${schema}.${name}\`) is not readable; use ${listTool(access, '`list_tables` and `describe_tables`')}.`
    return { means: 'nothing', reason }
  }
  if (access.schemas.includes(schema) && mayRead(schema, name, access)) {
    return { means: 'table', table: `${schema}.${name}` }
  }
  return { means: 'nothing', reason: unknownTable(`${schema}.${name}`, name, access) }
}

function unknownTable(written: string, name: string, access: Access): string {
  const known = [...(access.tables ?? [])].map((table) => table.slice(table.indexOf('.') + 1))
  const near = namesByNearness(name, known, MOST_NEAR).map((each) => `\`${each}\``)
  const nearest = near.length === 0 ? '' : ` The nearest that you may read: ${near.join(', ')}.`
  return `There is no table \`${written}\` that you may read; use ${listTool(access, '`list_tables`')} to see them.${nearest}`
}

function mayRead(schema: string, name: string, access: Access): boolean {
  const table = `${schema}.${name}`
  return access.hidden?.has(table) !== true && (access.tables?.has(table) ?? true)
}

function listTool(access: Access, otherwise: string): string {
  return access.listTool === undefined ? otherwise : `\`${access.listTool}\``
}
