/** Tables and columns of a source from its lock, without a round trip. */

import type { Caller } from '../../infra/caller.ts'
import type { ColumnLock, SourceLock, TableLock } from '../../infra/config/lock-file.ts'
import { spelled } from '../../sql-guard/spelling.ts'
import { type List, listOf } from '../../toolkit/page.ts'
import { visibleTables } from './access.ts'
import { fitting, MAX_LISTED } from './limits.ts'
import type { Described, DescribeTables } from './schema.ts'

const LISTED = ['name', 'kind', 'comment'] as const
/** Enum values that a description holds. */
const MOST_VALUES = 40

/** `pattern`: as in ILIKE, anywhere in the name. */
export function listLocked(lock: SourceLock, caller: Caller, pattern: string | undefined): List {
  const matches = pattern === undefined ? undefined : likePattern(`%${pattern}%`)
  const tables = visibleTables(lock, caller)
    .filter(({ name }) => matches === undefined || matches.test(`${lock.viewSchema}.${name}`))
    .map(({ name, kind, comment }) => ({
      name: spelled(name),
      kind: kind.endsWith('view') ? kind : 'table',
      comment: comment?.split('\n')[0] ?? null,
    }))
  return listOf(LISTED, tables, MAX_LISTED)
}

function likePattern(like: string): RegExp {
  const parts = [...like].map((character) => {
    if (character === '%') return '.*'
    return character === '_' ? '.' : character.replace(/[$()*+.?[\\\]^{|}]/, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`, 'isu')
}

export function describeLocked(
  lock: SourceLock,
  caller: Caller,
  { tables: names, first_column: first }: DescribeTables,
): Described {
  const visible = visibleTables(lock, caller)
  const found = names.map((name) => visible.find((table) => isNamed(table, name, lock.viewSchema)))
  const tables = [...new Set(found)].flatMap((table) => table ?? [])
  return {
    tables: fitting(
      tables.map((table) => described(table, visible, caller, first)),
      first,
    ),
    missing: names.filter((_, at) => found[at] === undefined),
  }
}

/** As written in SQL or in the catalogue, with or without the schema of the views. */
function isNamed({ name }: TableLock, given: string, viewSchema: string): boolean {
  const spellings = [name, spelled(name)].flatMap((bare) => [
    bare,
    `${viewSchema}.${bare}`,
    `${spelled(viewSchema)}.${bare}`,
  ])
  return spellings.includes(given) || spellings.includes(given.toLowerCase())
}

function described(
  table: TableLock,
  visible: readonly TableLock[],
  caller: Caller,
  first: number,
): Described['tables'][number] {
  const columns = table.columns.slice(first - 1)
  return {
    name: spelled(table.name),
    comment: table.comment ?? null,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type,
      nullable: column.nullable,
      default: null,
      comment: aboutColumn(column, caller),
    })),
    column_count: table.columns.length,
    keys: [...keysOf(table, visible), ...referringTo(table, visible)],
    indexes: [],
    policies: [table.rows, ...windowOf(table), ...writesOf(table)],
  }
}

/** Sentences about a column that the author of a query needs. */
function aboutColumn({ comment, mask, scope, values, generated }: ColumnLock, caller: Caller): string | null {
  const notes = [
    comment === undefined ? [] : [comment.replace(/\.?$/, '.')],
    mask === undefined ? [] : [`Masked (${mask}): filters and sorting see the mask too.`],
    scope === undefined || caller.scopes.has(scope) ? [] : [`Null for you: it needs the scope ${scope}.`],
    values === undefined ? [] : [`One of: ${shortened(values)}.`],
    generated === undefined ? [] : ['Generated.'],
  ].flat()
  return notes.length === 0 ? null : notes.join(' ')
}

function shortened(values: readonly string[]): string {
  const more = values.length > MOST_VALUES ? `, and ${values.length - MOST_VALUES} more` : ''
  return values.slice(0, MOST_VALUES).join(', ') + more
}

function keysOf({ key, references }: TableLock, visible: readonly TableLock[]): string[] {
  const known = references.filter(({ table }) => visible.some(({ name }) => name === table))
  return [
    ...(key.length === 0 ? [] : [`KEY (${list(key)})`]),
    ...known.map(({ columns, table, to }) => {
      return `FOREIGN KEY (${list(columns)}) REFERENCES ${spelled(table)} (${list(to)})`
    }),
  ]
}

function referringTo({ name }: TableLock, visible: readonly TableLock[]): string[] {
  return visible.flatMap((other) =>
    other.references
      .filter(({ table }) => table === name)
      .map(({ columns, to }) => `REFERENCED BY ${spelled(other.name)} (${list(columns)}) ON (${list(to)})`),
  )
}

function list(names: readonly string[]): string {
  return names.map(spelled).join(', ')
}

function windowOf({ window }: TableLock): string[] {
  return window === undefined ? [] : [`A read lies within ${window.days} days of \`${window.column}\`.`]
}

/** Writes to the table that the toolset `rows` allows. */
function writesOf({ allow, insert, update }: TableLock): string[] {
  const of = (verb: string, columns: readonly string[]) => `${verb} of ${columns.join(', ')}`
  const writes = [
    allow.includes('insert') ? of('insert', insert) : undefined,
    allow.includes('update') ? of('update', update) : undefined,
    allow.includes('delete') ? 'delete' : undefined,
  ].filter((write) => write !== undefined)
  return writes.length === 0 ? [] : [`Writes: ${writes.join('; ')}`]
}
