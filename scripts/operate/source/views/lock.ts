/** The lock of the views: all that the Worker knows of them. */

import { createHash } from 'node:crypto'
import type { ColumnLock, Confirm, SourceLock, TableLock } from '../../../../src/infra/config/lock-file.ts'
import type { SourceFile, TableFile } from '../../../../src/infra/config/rowgate-file.ts'
import type { CatalogueColumn, CatalogueTable } from '../catalogue.ts'
import type { Findings } from './findings.ts'
import { maskedType, type ShownColumn } from './masks.ts'
import { columnOf } from './rows.ts'
import type { Served } from './statements.ts'
import { type ServedTable, wholeColumns } from './tables.ts'

/** Hash of what a view leans on. Labels of an enum do not count: a new one breaks nothing. */
export function columnHash(table: Pick<CatalogueTable, 'schema' | 'name'>, column: CatalogueColumn): string {
  const facts = [table.schema, table.name, column.name, column.type, column.notNull]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

export function tableLock(each: Served, all: readonly Served[], findings: Findings): TableLock {
  const { served, rule, write } = each
  const { table, file, view, columns } = served
  const whole = wholeColumns(served)
  return {
    name: view,
    table: `${table.schema}.${table.name}`,
    kind: table.kind,
    ...(table.comment === undefined ? {} : { comment: table.comment }),
    columns: columns.map((shown) => columnLock(shown, each)),
    key: table.key.every((name) => whole.has(name)) ? table.key : [],
    references: references(served, all),
    rows: rule.sentence,
    allow: write.allow,
    insert: write.insert,
    update: write.update,
    set: Object.fromEntries(Array.from(write.set, ([name, { value }]) => [name, value])),
    ...orderOf(served, findings),
    ...windowOf(served, findings),
    confirm: confirmOf(file.confirm),
    ...(file.scope === undefined ? {} : { scope: file.scope }),
  }
}

function columnLock(shown: ShownColumn, { served, write }: Served): ColumnLock {
  const { column } = shown
  const { name, values, comment, generated, hasDefault, notNull } = column
  const mask = typeof shown.shown === 'string' && shown.shown !== 'show' ? shown.shown : undefined
  return {
    name,
    ...maskedType(shown),
    hash: columnHash(served.table, column),
    ...(mask === undefined ? {} : { mask }),
    ...(typeof shown.shown === 'object' ? { scope: shown.shown.scope } : {}),
    ...(values.length > 0 && shown.shown === 'show' ? { values } : {}),
    ...(comment === undefined ? {} : { comment }),
    ...(generated ? { generated: true as const } : {}),
    ...(hasDefault || !notNull || write.set.has(name) ? { optional: true as const } : {}),
  }
}

/** Foreign keys to other views, of columns that both sides show whole. */
function references({ table, ...served }: ServedTable, all: readonly Served[]): TableLock['references'] {
  const whole = wholeColumns(served)
  return table.foreignKeys.flatMap((key) => {
    const target = all.find(
      ({ served: { table: other } }) => other.schema === key.schema && other.name === key.table,
    )
    if (target === undefined || !key.columns.every((name) => whole.has(name))) return []
    const there = wholeColumns(target.served)
    return key.to.every((name) => there.has(name))
      ? [{ columns: key.columns, table: target.served.view, to: key.to }]
      : []
  })
}

function orderOf(served: ServedTable, findings: Findings): Pick<TableLock, 'order'> {
  const { order } = served.file
  if (order === undefined) return {}
  const descending = order.startsWith('-')
  const column = descending ? order.slice(1) : order
  if (wholeColumns(served).has(column)) return { order: { column, descending } }
  findings.refuse(served.named, `\`order\` names \`${column}\`, which is not shown whole.`)
  return {}
}

function windowOf(served: ServedTable, findings: Findings): Pick<TableLock, 'window'> {
  const { window } = served.file
  if (window === undefined) return {}
  const column = columnOf(served.table, window.column)
  if (
    column !== undefined &&
    wholeColumns(served).has(column.name) &&
    /^(date|timestamp)/.test(column.baseType)
  ) {
    return { window }
  }
  findings.refuse(
    served.named,
    `\`window\` names \`${window.column}\`, which is no date or time that is shown whole.`,
  )
  return {}
}

const DEFAULT_CONFIRM: TableLock['confirm'] = { insert: 'never', update: 'never', delete: 'always' }

function confirmOf(confirm: TableFile['confirm']): TableLock['confirm'] {
  if (confirm === undefined) return DEFAULT_CONFIRM
  if (typeof confirm === 'string') {
    const all = readConfirm(confirm)
    return { insert: all, update: all, delete: all }
  }
  const { insert, update, delete: remove } = confirm
  return {
    insert: insert === undefined ? DEFAULT_CONFIRM.insert : readConfirm(insert),
    update: update === undefined ? DEFAULT_CONFIRM.update : readConfirm(update),
    delete: remove === undefined ? DEFAULT_CONFIRM.delete : readConfirm(remove),
  }
}

/** `over 10 rows` is 10. */
export function readConfirm(text: string): Confirm {
  if (text === 'always' || text === 'never') return text
  return Number(/\d+/.exec(text)?.[0])
}

/** Names of the claims that the file reads by `claim.NAME`, sorted. */
export function claimsOf(file: SourceFile, tools: SourceLock['tools']): string[] {
  const values = Object.values(file.tables ?? {}).flatMap((table) => {
    if (table === 'deny') return []
    const rows = typeof table.rows === 'object' ? Object.values(table.rows) : []
    return [...rows, ...Object.values(table.set ?? {})]
  })
  const parameters = tools.flatMap((tool) => tool.parameters.flatMap(({ from }) => from ?? []))
  const names = [...values, ...parameters].filter((value) => value.startsWith('claim.'))
  return [...new Set(names.map((value) => value.slice('claim.'.length)))].sort()
}
