/**
 * The rows that a caller sees: conditions in SQL, the columns that they read, and a sentence that says it.
 */

import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { identifier } from '../../../local/postgres/literal.ts'
import type { Catalogue, CatalogueColumn, CatalogueTable, ForeignKey } from '../catalogue.ts'
import type { Findings } from './findings.ts'
import { quoted, spoken } from './names.ts'
import { findTable, type ServedTable, tablesCalled, wholeColumns } from './tables.ts'
import { claimValue, type Family, familyOf, tenantFamily, tenantValue, type Values } from './values.ts'

export interface RowRule {
  /** All of them hold; none: every row. */
  readonly conditions: readonly string[]
  /** Columns of this table and of others that the conditions read. */
  readonly reads: readonly Reading[]
  /** For a model: "You see the rows whose `org_id` is your tenant." */
  readonly sentence: string
  /** Whether the caller is looked up in a table. */
  readonly looksUp: boolean
}

export interface Reading {
  readonly table: CatalogueTable
  readonly columns: readonly string[]
}

export interface RowWork {
  readonly file: SourceFile
  readonly catalogue: Catalogue
  readonly served: readonly ServedTable[]
  readonly findings: Findings
  readonly values: Values
}

const EVERY_ROW: RowRule = { conditions: [], reads: [], sentence: 'You see every row.', looksUp: false }
/** A rule that was refused: nothing is made with it. */
const NO_ROW: RowRule = { ...EVERY_ROW, conditions: ['false'], sentence: 'You see no row.' }

/** `alias` is the table's in the statement, for SQL. */
export function rowRule(served: ServedTable, work: RowWork, alias: string): RowRule {
  return ruleOf(served, work, { alias, depth: 0, within: [] })
}

interface Place {
  readonly alias: string
  readonly depth: number
  /** The tables through which this one is reached. */
  readonly within: readonly ServedTable[]
}

function ruleOf(served: ServedTable, work: RowWork, place: Place): RowRule {
  const { rows, scope } = served.file
  const rule = (() => {
    if (rows === 'all') return EVERY_ROW
    if (rows === 'tenant') return ofTenant(served, work, place)
    // A record of columns may have one called `via`; its value is then a claim and no arrow.
    if (typeof rows.via === 'string' && rows.via.includes(' -> '))
      return throughParent(served, rows.via, work, place)
    return ofCaller(served, rows as Readonly<Record<string, string>>, work, place)
  })()
  if (scope === undefined) return rule
  return { ...rule, conditions: [`(select ${work.values.scope(scope)})`, ...rule.conditions] }
}

function ofTenant(served: ServedTable, { file, findings, values }: RowWork, { alias }: Place): RowRule {
  const { named, table } = served
  const tenant = file.identity?.tenant
  if (tenant === undefined) {
    findings.refuse(
      named,
      "its rows are the tenant's, but the source has no `identity.tenant`: name the claim and the column there.",
    )
    return NO_ROW
  }
  const column = table.columns.find(({ name }) => name === tenant.column)
  if (column === undefined) {
    const [way] = table.foreignKeys.filter((key) => isNotNull(table, key))
    findings.refuse(
      named,
      `it has no column \`${tenant.column}\`, by which rows are a tenant's.`,
      way === undefined ? `${named}: deny` : `rows: { via: ${way.columns[0]} -> ${way.table} }`,
    )
    return NO_ROW
  }
  if (familyOf(column) !== tenantFamily(tenant.type)) {
    findings.refuse(
      named,
      `\`${column.name}\` is ${column.type}, and \`identity.tenant.type\` is ${tenant.type}: they must be the same.`,
    )
    return NO_ROW
  }
  return {
    conditions: [`${alias}.${identifier(column.name)} = ${tenantValue(tenant.type, values)}`],
    reads: [{ table, columns: [column.name] }],
    sentence: wholeColumns(served).has(column.name)
      ? `You see the rows whose \`${column.name}\` is your tenant.`
      : "You see your tenant's rows.",
    looksUp: false,
  }
}

function throughParent(served: ServedTable, via: string, work: RowWork, place: Place): RowRule {
  const { named, table } = served
  const { findings } = work
  const { key, parent } = parentOf(served, via, work) ?? {}
  if (key === undefined || parent === undefined) return NO_ROW
  const nullable = key.columns.filter((name) => !columnOf(table, name)?.notNull)
  if (nullable.length > 0) {
    findings.refuse(
      named,
      `\`${via}\` is not a way to its tenant: ${spoken(nullable)} may be null, and a row without it would be nobody's.`,
    )
    return NO_ROW
  }
  if (parent === served || place.within.includes(parent)) {
    findings.refuse(named, `\`${via}\` goes round in a circle: one table on the way needs rows of its own.`)
    return NO_ROW
  }
  const alias = `p${place.depth + 1}`
  // Under row security the parent's own policies hold for the reader.
  const inner: RowRule =
    parent.enforce === 'policies' && served.enforce === 'policies'
      ? EVERY_ROW
      : ruleOf(parent, work, { alias, depth: place.depth + 1, within: [...place.within, served] })
  const joined = key.columns.map(
    (name, at) => `${alias}.${identifier(key.to[at] ?? '')} = ${place.alias}.${identifier(name)}`,
  )
  const shown = key.columns.every((name) => wholeColumns(served).has(name))
  return {
    conditions: [
      `exists (select from ${quoted(parent.table)} as ${alias} where ${[...joined, ...inner.conditions].join(' and ')})`,
    ],
    reads: [{ table, columns: key.columns }, { table: parent.table, columns: key.to }, ...inner.reads],
    sentence: shown
      ? `You see the rows whose ${spoken(key.columns)} refers to a row of \`${parent.view}\` that you see.`
      : `You see the rows that belong to a row of \`${parent.view}\` that you see.`,
    looksUp: inner.looksUp || looksUp(parent, work, place.within),
  }
}

/** Whether the caller is looked up for this table, also where its policies do it. */
function looksUp(served: ServedTable, work: RowWork, within: readonly ServedTable[]): boolean {
  const { rows } = served.file
  if (typeof rows === 'string' || within.includes(served)) return false
  if (typeof rows.via === 'string' && rows.via.includes(' -> ')) {
    const name = rows.via.split(' -> ')[1] ?? ''
    const parent = work.served.find((each) => tablesCalled(name, [each.table]).length > 0)
    return parent !== undefined && looksUp(parent, work, [...within, served])
  }
  return Object.values(rows).some((value) => value.startsWith('user.'))
}

interface Parent {
  readonly key: ForeignKey
  readonly parent: ServedTable
}

function parentOf({ named, table }: ServedTable, via: string, work: RowWork): Parent | undefined {
  const { served, findings, catalogue } = work
  const [column = '', target = ''] = via.split(' -> ')
  const keys = table.foreignKeys.filter(({ columns }) => columns.includes(column))
  const goal = findTable(target, catalogue.tables, findings)
  if (goal === undefined) return undefined
  const key = keys.find(({ schema, table: name }) => schema === goal.schema && name === goal.name)
  if (key === undefined) {
    findings.refuse(named, `\`${via}\` is no foreign key of it: only a declared one holds for every row.`)
    return undefined
  }
  const odd = key.columns.find(
    (name) => columnOf(table, name)?.baseType.includes('.') && columnOf(table, name)?.typeKind === 'base',
  )
  if (odd !== undefined) {
    findings.refuse(
      named,
      `\`${via}\` compares ${columnOf(table, odd)?.type ?? ''}, whose operators are not Postgres' own.`,
    )
    return undefined
  }
  const parent = served.find((each) => each.table === goal)
  if (parent === undefined) {
    findings.refuse(
      named,
      `\`${via}\` leads to a table that the file does not serve.`,
      `${target}: { rows: tenant }`,
    )
    return undefined
  }
  return { key, parent }
}

function ofCaller(
  served: ServedTable,
  wanted: Readonly<Record<string, string>>,
  work: RowWork,
  { alias }: Place,
): RowRule {
  const { named, table } = served
  const conditions: string[] = []
  for (const [name, value] of Object.entries(wanted)) {
    const column = columnOf(table, name)
    if (column === undefined) {
      work.findings.refuse(named, `it has no column \`${name}\`, which its \`rows\` name.`)
      return NO_ROW
    }
    const sql = callerValue(named, column, value, work)
    if (sql === undefined) return NO_ROW
    conditions.push(`${alias}.${identifier(name)} = ${sql}`)
  }
  const whole = wholeColumns(served)
  const names = Object.entries(wanted).map(([name, value]) =>
    whole.has(name) ? `whose \`${name}\` is ${said(value)}` : `of ${said(value)}`,
  )
  return {
    conditions,
    reads: [{ table, columns: Object.keys(wanted) }],
    sentence: `You see the rows ${names.join(' and ')}.`,
    looksUp: Object.values(wanted).some((value) => value.startsWith('user.')),
  }
}

function said(value: string): string {
  if (value === 'tenant') return 'your tenant'
  if (value === 'user') return 'your user id'
  return `your \`${value.slice(value.indexOf('.') + 1)}\``
}

/** The identity's value in a form that a column is compared with; undefined once it is refused. */
export function callerValue(
  named: string,
  column: CatalogueColumn,
  value: string,
  work: RowWork,
): string | undefined {
  const { findings, values } = work
  const family = familyOf(column)
  if (family === undefined) {
    findings.refuse(
      named,
      `\`${column.name}\` is ${column.type}, which is not compared with \`${value}\`: only texts, whole numbers and uuid are.`,
    )
    return undefined
  }
  const { sql, type } = identityValue(named, value, work) ?? {}
  if (sql === undefined) return undefined
  if (type === undefined) return claimValue(family, sql)
  if (type === family)
    return value === 'tenant' && work.file.identity?.tenant
      ? tenantValue(work.file.identity.tenant.type, values)
      : `(select ${sql})`
  findings.refuse(named, `\`${column.name}\` is ${column.type}, and \`${value}\` is not.`)
  return undefined
}

/** An expression, and its family unless it is a text that takes any form. */
export function identityValue(
  named: string,
  value: string,
  { file, findings, values, catalogue }: RowWork,
): { readonly sql: string; readonly type?: Family } | undefined {
  const { identity } = file
  if (value === 'user') return { sql: values.user() }
  if (value === 'tenant') {
    if (identity?.tenant !== undefined)
      return { sql: values.tenant(), type: tenantFamily(identity.tenant.type) }
    findings.refuse(named, '`tenant` has no meaning here: the source has no `identity.tenant`.')
    return undefined
  }
  const name = value.slice(value.indexOf('.') + 1)
  if (value.startsWith('claim.')) return { sql: values.claim(name) }
  if (identity?.user?.as !== name) {
    findings.refuse(
      named,
      `\`${value}\` has no meaning here: \`identity.user\` looks up ${identity?.user === undefined ? 'nobody' : `\`${identity.user.as}\``}.`,
    )
    return undefined
  }
  const column = lookupColumn(file, catalogue)
  const type = column === undefined ? undefined : familyOf(column)
  return type === undefined ? undefined : { sql: values.lookup(name), type }
}

/** The column that `identity.user.as` gives: that of the lookup's table, or its key where there is none. */
export function lookupColumn({ identity }: SourceFile, { tables }: Catalogue): CatalogueColumn | undefined {
  const found = lookupTable(identity?.user?.lookup ?? '', tables)
  return found === undefined ? undefined : lookupTarget(found.table, identity?.user?.as ?? '')
}

/** `member_id` of `members` is its column of that name, or its key of one column. */
export function lookupTarget(table: CatalogueTable, as: string): CatalogueColumn | undefined {
  const [key, another] = table.key
  return (
    columnOf(table, as) ?? (key !== undefined && another === undefined ? columnOf(table, key) : undefined)
  )
}

export function lookupTable(
  lookup: string,
  tables: readonly CatalogueTable[],
): { readonly table: CatalogueTable; readonly column: string } | undefined {
  const dot = lookup.lastIndexOf('.')
  const [table] = tablesCalled(lookup.slice(0, dot), tables)
  return table === undefined ? undefined : { table, column: lookup.slice(dot + 1) }
}

export function columnOf({ columns }: CatalogueTable, name: string): CatalogueColumn | undefined {
  return columns.find((column) => column.name === name)
}

function isNotNull(table: CatalogueTable, { columns }: ForeignKey): boolean {
  return columns.every((name) => columnOf(table, name)?.notNull === true)
}
