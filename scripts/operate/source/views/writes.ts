/** Writes that callers may make: the operations of a table, and the columns of each. */

import type { RowOperation } from '../../../../src/infra/config/lock-file.ts'
import { identifier } from '../../../local/postgres/literal.ts'
import { spoken } from './names.ts'
import { columnOf, identityValue, type RowWork } from './rows.ts'
import { type ServedTable, wholeColumns } from './tables.ts'
import { familyOf } from './values.ts'

export interface WriteRule {
  readonly allow: readonly RowOperation[]
  readonly insert: readonly string[]
  readonly update: readonly string[]
  /** By column: the identity's value (`user.member_id`), and the expression that is the view's default. */
  readonly set: ReadonlyMap<string, { readonly value: string; readonly sql: string }>
  /** For SQL: those that the defaults of new rows take values from. */
  readonly sequences: readonly string[]
}

const READS: readonly RowOperation[] = ['find', 'get']

export function writeRule(served: ServedTable, work: RowWork): WriteRule {
  const { file, table } = served
  const asked = file.allow ?? READS
  const allow = asked.filter((operation) => mayDo(operation, served, work))
  const set = allow.includes('insert') ? setColumns(served, work) : new Map()
  const insert = allow.includes('insert') ? writable('insert', served, work) : []
  const update = allow.includes('update') ? writable('update', served, work) : []
  if (allow.includes('insert')) refuseIncomplete(served, { insert, set }, work)
  refuseOpenTargets(served, [...insert, ...update], work)
  const writes = allow.filter((operation) => !READS.includes(operation))
  if (writes.length > 0) judgeTriggers(served, writes, work)
  const sequences = allow.includes('insert') ? table.columns.flatMap(({ sequence }) => sequence ?? []) : []
  return { allow, insert, update, set, sequences }
}

/** Whether the table can have this operation. One that was asked for and cannot be is refused. */
function mayDo(
  operation: RowOperation,
  { file, named, table, columns }: ServedTable,
  { findings }: RowWork,
): boolean {
  if (operation === 'find') return true
  if (operation !== 'get' && (table.kind === 'view' || table.kind === 'materialized view')) {
    findings.refuse(named, `a ${table.kind} is read only here.`, 'allow: [find]')
    return false
  }
  if (operation === 'insert') return true
  const whole = wholeColumns({ columns })
  const hasKey = table.key.length > 0 && table.key.every((name) => whole.has(name))
  if (hasKey) return true
  if (operation === 'get' && file.allow === undefined) return false
  findings.refuse(
    named,
    table.key.length === 0
      ? `\`${operation}\` needs a key, and the table has none.`
      : `\`${operation}\` needs the table's key, and ${spoken(table.key.filter((name) => !whole.has(name)))} is not shown whole.`,
    'allow: [find]',
  )
  return false
}

function writable(operation: 'insert' | 'update', served: ServedTable, work: RowWork): readonly string[] {
  const { named, table, file } = served
  const { findings } = work
  const names = file[operation]
  if (names === undefined) {
    findings.refuse(
      named,
      `\`allow\` has ${operation}, but \`${operation}\` names no columns: name those that a caller may set.`,
      `${operation}: [${firstWritable(served).join(', ')}]`,
    )
    return []
  }
  const whole = wholeColumns(served)
  const fixed = new Set([...Object.keys(file.set ?? {}), ...tenantColumn(served, work)])
  return names.filter((name) => {
    const fault = (() => {
      const column = columnOf(table, name)
      if (column === undefined) return 'which it does not have'
      if (column.generated) return 'which Postgres generates'
      if (fixed.has(name)) return "which is the identity's, and no caller's to choose"
      if (!whole.has(name)) return 'which is not shown whole: an agent writes only what it sees'
      return undefined
    })()
    if (fault === undefined) return true
    findings.refuse(named, `\`${operation}\` names \`${name}\`, ${fault}.`)
    return false
  })
}

function firstWritable({ columns, table }: ServedTable): string[] {
  const names = columns.filter(
    ({ column, shown }) => shown === 'show' && !column.generated && !table.key.includes(column.name),
  )
  return names.slice(0, 3).map(({ column }) => column.name)
}

/** The tenant's column, where the rows are the tenant's: a new row has the caller's. */
export function tenantColumn(
  { file, table }: Pick<ServedTable, 'file' | 'table'>,
  { file: source }: Pick<RowWork, 'file'>,
): string[] {
  const column = source.identity?.tenant?.column
  return file.rows === 'tenant' && column !== undefined && columnOf(table, column) !== undefined
    ? [column]
    : []
}

/** Values of the identity in each new row: `set`, and the columns by which rows are the caller's. */
export function identityColumns(
  served: Pick<ServedTable, 'file' | 'table'>,
  work: Pick<RowWork, 'file'>,
): ReadonlyMap<string, string> {
  const { file } = served
  const own =
    typeof file.rows === 'object' && !(typeof file.rows.via === 'string' && file.rows.via.includes(' -> '))
      ? Object.entries(file.rows)
      : []
  return new Map([
    ...own.map(([name, value]) => [name, String(value)] as const),
    ...tenantColumn(served, work).map((name) => [name, 'tenant'] as const),
    ...Object.entries(file.set ?? {}),
  ])
}

function setColumns(served: ServedTable, work: RowWork): WriteRule['set'] {
  const { named, table } = served
  const whole = wholeColumns(served)
  return new Map(
    [...identityColumns(served, work)].flatMap(([name, value]) => {
      const column = columnOf(table, name)
      const expression = identityValue(named, value, work)
      if (column === undefined)
        work.findings.refuse(named, `\`set\` names \`${name}\`, which it does not have.`)
      if (column === undefined || expression === undefined) return []
      const family = familyOf(column)
      if (column.generated || family === undefined || (expression.type ?? family) !== family) {
        work.findings.refuse(
          named,
          `\`${name}\` is ${column.type}${column.generated ? ', and generated' : ''}: \`${value}\` cannot be set there.`,
        )
        return []
      }
      if (!whole.has(name)) {
        work.findings.refuse(
          named,
          `\`${name}\` is set in each new row, and must be shown whole.`,
          `${name}: show`,
        )
      }
      const cast = expression.type === undefined || value === 'tenant' ? castTo(family) : ''
      return [[name, { value, sql: `${expression.sql}${cast}` }] as const]
    }),
  )
}

function castTo(family: 'text' | 'uuid' | 'integer'): string {
  return family === 'text' ? '' : family === 'uuid' ? '::uuid' : '::bigint'
}

/** A column that must have a value and gets none would fail every insert. A trigger may fill it. */
function refuseIncomplete(
  { named, table }: ServedTable,
  { insert, set }: Pick<WriteRule, 'insert' | 'set'>,
  { findings }: RowWork,
): void {
  const missing = table.columns.filter(
    ({ name, notNull, hasDefault, generated }) =>
      notNull && !hasDefault && !generated && !insert.includes(name) && !set.has(name),
  )
  if (missing.length === 0) return
  const names = spoken(missing.map(({ name }) => name))
  if (table.triggers.some(({ events }) => events.includes('insert'))) {
    findings.warn(
      named,
      `${names} must have a value, and no insert may set it: unless a trigger does, every insert fails.`,
    )
  } else {
    findings.refuse(
      named,
      `${names} must have a value, and no insert may set it.`,
      `insert: [${[...insert, ...missing.map(({ name }) => name)].join(', ')}]`,
    )
  }
}

/**
 * A foreign key that a caller may set must lead to a view, through which the write looks its target up. Else
 * a row could point into another tenant, and an error would tell what is there.
 */
function refuseOpenTargets(served: ServedTable, written: readonly string[], work: RowWork): void {
  const { named, table } = served
  const tenant = work.file.identity?.tenant?.column
  for (const key of table.foreignKeys) {
    const name = key.columns.find((column) => written.includes(column))
    if (
      name === undefined ||
      (tenant !== undefined && key.columns.includes(tenant) && served.file.rows === 'tenant')
    )
      continue
    const parent = work.served.find(
      (each) => each.table.schema === key.schema && each.table.name === key.table,
    )
    if (parent !== undefined && key.to.every((column) => wholeColumns(parent).has(column))) continue
    work.findings.refuse(
      named,
      `\`${name}\` may be written and refers to ${key.schema}.${key.table}, which callers do not see with ${spoken(key.to)}: a row could point into another tenant.`,
      `${key.table}: { rows: tenant }`,
    )
  }
}

/** Triggers run as the agent's login, unless their function is definer's. */
function judgeTriggers(
  { named, table, file }: ServedTable,
  writes: readonly RowOperation[],
  { findings }: RowWork,
): void {
  const running = table.triggers.filter(({ events }) => events.some((event) => writes.includes(event)))
  const asAgent = running.filter(({ definer }) => !definer).map(({ name }) => name)
  if (asAgent.length > 0 && !file.accept?.includes('triggers')) {
    findings.refuse(
      named,
      `a write runs the trigger ${spoken(asAgent)} with the rights of the agent's login, which has none on your tables.`,
      'accept: [triggers]',
    )
  }
  if (asAgent.length > 0 && file.accept?.includes('triggers')) {
    findings.warn(
      named,
      `a write runs the trigger ${spoken(asAgent)} as the agent's login: it fails where it needs a right of the application's.`,
    )
  }
}

/** The reader's privileges on the table for these writes, for GRANT. */
export function writePrivileges({ allow, insert, update, set }: WriteRule): string[] {
  const into = [...insert, ...set.keys()].map(identifier).join(', ')
  return [
    ...(allow.includes('insert') ? [into === '' ? 'insert' : `insert (${into})`] : []),
    ...(update.length > 0 ? [`update (${update.map(identifier).join(', ')})`] : []),
    ...(allow.includes('delete') ? ['delete'] : []),
  ]
}

export function isWritable({ allow }: WriteRule): boolean {
  return allow.some((operation) => !READS.includes(operation))
}
