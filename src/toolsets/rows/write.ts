/**
 * `insert_row`, `update_row` and `delete_row`: one statement each, which looks the targets of foreign keys up
 * through the caller's views, writes once for an idempotency key, and tells the audit row which row it was.
 */

import { type SQL, sql } from 'drizzle-orm/sql'
import * as z from 'zod'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { ColumnLock, SourceLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import type { Json } from '../../sql-guard/values.ts'
import { getRow } from './find.ts'
import { onceHash } from './once.ts'
import { noTarget, type Reference, referencesOf } from './references.ts'
import type { DeleteRow, InsertRow, Row, UpdateRow } from './schema.ts'
import { keyOf, type Table } from './tables.ts'
import { inOurWords, type Unchecked, written } from './values.ts'
import { column, hasKey, keyValues, noSuchRow, objectOf, selection, viewOf } from './view.ts'
import { mustBeComplete, mustBeWritable } from './writable.ts'

/** A table, with the other tables of its source. */
export interface Target {
  readonly table: Table
  readonly lock: SourceLock
}

/** Every write's one row: what was done, what a foreign key lacked, and the key that an earlier call kept. */
const outcome = z.looseObject({
  seen: z.object({ key: z.array(z.string()).optional() }).nullable(),
  found: z.boolean().nullable().optional(),
  done: z.boolean().nullable(),
})
type Outcome = z.output<typeof outcome>

/** The row, or the one that an earlier call with the same key has inserted. */
export async function insertRow(postgres: Postgres, target: Target, input: InsertRow): Promise<Row> {
  const { table, lock } = target
  const values = mustBeWritable(table, 'insert', input.values)
  mustBeComplete(table, values)
  const unchecked: Unchecked = new Set()
  if (values.length === 0) throw nothingGiven()
  const given = new Map(values.map(([each, value]) => [each.name, parameter(each, value, unchecked)]))
  const references = referencesOf(
    table,
    lock,
    (name) => (given.has(name) ? (given.get(name) ?? null) : undefined),
    // A default of the view comes from the identity, and so lies within the target's view.
    () => undefined,
  )
  const once = await onceOf('insert_row', table, input)
  const columns = sql.join(
    [...given.keys()].map((name) => sql.identifier(name)),
    sql`, `,
  )
  const inserted = sql.join(
    [...given.values()].map((value) => value ?? sql`null`),
    sql`, `,
  )
  const statement = sql`with ${checks(references, sql`(select) as one`)}, ${once.ask(references)},
    done as (insert into ${viewOf(table)} (${columns}) select ${inserted} from once where once.seen is null
      returning true as done, ${keyTexts(table, column)}, ${selection(table.columns)})
    ${report(table, once, references, keyFrom(table, 'done'))}`
  return rowOf(postgres, target, await run(postgres, statement, once, unchecked), references)
}

/** The row as it is after the change. */
export async function updateRow(postgres: Postgres, target: Target, input: UpdateRow): Promise<Row> {
  const { table, lock } = target
  const values = mustBeWritable(table, 'update', input.values)
  const unchecked: Unchecked = new Set()
  const given = new Map(values.map(([each, value]) => [each.name, parameter(each, value, unchecked)]))
  const key = keyValues(table, input.key, unchecked)
  const references = referencesOf(
    table,
    lock,
    (name) => (given.has(name) ? (given.get(name) ?? null) : undefined),
    (name) => sql`before.${sql.identifier(name)}`,
  )
  const once = await onceOf('update_row', table, input)
  const changes = [...given].map(([name, value]) => sql`${sql.identifier(name)} = ${value ?? sql`null`}`)
  const own = (each: ColumnLock) => sql`${viewOf(table)}.${column(each)}`
  const statement = sql`with before as materialized (select * from ${viewOf(table)} where ${hasKey(table, key)}),
    ${checks(references, sql`before`)}, ${once.ask(references)},
    done as (update ${viewOf(table)} set ${sql.join(changes, sql`, `)} from once where ${hasKey(table, key, own)} and once.seen is null
      returning true as done, ${keyTexts(table, own)}, ${selection(table.columns, own)})
    ${report(table, once, references, keyFrom(table, 'done'))}`
  return rowOf(postgres, target, await run(postgres, statement, once, unchecked), references)
}

/** Deletes it; a repeated call of the same idempotency key finds it done. */
export async function deleteRow(
  postgres: Postgres,
  target: Target,
  input: DeleteRow,
): Promise<{ deleted: true }> {
  const { table } = target
  const unchecked: Unchecked = new Set()
  const key = keyValues(table, input.key, unchecked)
  const once = await onceOf('delete_row', table, input)
  const own = (each: ColumnLock) => sql`${viewOf(table)}.${column(each)}`
  const statement = sql`with ${checks([], sql`(select) as one`)}, ${once.ask([])},
    done as (delete from ${viewOf(table)} using once where ${hasKey(table, key, own)} and once.seen is null
      returning true as done, ${keyTexts(table, own)})
    ${report(table, once, [], keyFrom(table, 'done'))}`
  const { seen, done } = outcome.parse(await run(postgres, statement, once, unchecked))
  if (done !== true && seen?.key === undefined) throw noSuchRow(table)
  return { deleted: true }
}

function parameter(each: ColumnLock, value: Json, unchecked: Unchecked): SQL | null {
  const text = written(each, value, unchecked)
  return text === null ? null : sql`${text}`
}

/** `checks`: no row where the row to change is not there; else which foreign keys have their target. */
function checks(references: readonly Reference[], from: SQL): SQL {
  const flags = references.map(({ holds }, at) => sql`, ${holds} as ${sql.identifier(`r${at}`)}`)
  return sql`checks as materialized (select true as found${sql.join(flags)} from ${from})`
}

interface Once {
  /** `once`: no row where a check fails; else what an earlier call has kept. */
  ask(references: readonly Reference[]): SQL
  /** Keeps the key of the row, as a list of texts. */
  keep(key: SQL): SQL
  readonly repeatable: 'repeatable' | undefined
}

async function onceOf(
  tool: string,
  table: Table,
  {
    idempotency_key: key,
    ...input
  }: { readonly table: string; readonly idempotency_key?: string | undefined },
): Promise<Once> {
  const holding = (references: readonly Reference[]) =>
    sql.join([sql`true`, ...references.map((_, at) => sql`checks.${sql.identifier(`r${at}`)}`)], sql` and `)
  if (key === undefined) {
    return {
      ask: (references) =>
        sql`once as materialized (select cast(null as jsonb) as seen from checks where ${holding(references)})`,
      keep: () => sql`null`,
      repeatable: undefined,
    }
  }
  const hash = await onceHash(input)
  const about = sql`${table.source}, ${tool}, ${key}`
  return {
    ask: (references) =>
      sql`once as materialized (select rowgate.once(${about}, ${hash}) as seen from checks where ${holding(references)})`,
    keep: (row) => sql`rowgate.once_done(${about}, jsonb_build_object('key', to_jsonb(${row})))`,
    repeatable: 'repeatable',
  }
}

function keyTexts(table: Table, of: (column: ColumnLock) => SQL): SQL {
  if (table.key.length === 0) return sql`null as k0`
  const texts = keyOf(table).map((each, at) => sql`cast(${of(each)} as text) as ${sql.identifier(`k${at}`)}`)
  return sql.join(texts, sql`, `)
}

function keyFrom(table: Table, cte: string): SQL {
  if (table.key.length === 0) return sql`cast(array[] as text[])`
  const texts = table.key.map((_, at) => sql`${sql.identifier(cte)}.${sql.identifier(`k${at}`)}`)
  return sql`array[${sql.join(texts, sql`, `)}]`
}

/** The one row that is answered: the checks, what was kept, and the row as it is now. */
function report(table: Table, once: Once, references: readonly Reference[], key: SQL): SQL {
  const flags = references.map((_, at) => sql`, checks.${sql.identifier(`r${at}`)}`)
  const told = sql`rowgate.written(${table.name}, array[nullif(array_to_string(${key}, '/'), '')])`
  return sql`select once.seen, checks.found${sql.join(flags)}, done.*,
    case when done.done then ${told} end as told, case when done.done then ${once.keep(key)} end as kept
    from (select) as one left join checks on true left join once on true left join done on true`
}

async function run(postgres: Postgres, statement: SQL, once: Once, unchecked: Unchecked): Promise<unknown> {
  const [{ rows }] = await postgres
    .write((db) => [db.execute(statement)], once.repeatable)
    .catch((error: unknown) => {
      throw inOurWords(error, unchecked)
    })
  return rows[0]
}

async function rowOf(
  postgres: Postgres,
  { table }: Target,
  row: unknown,
  references: readonly Reference[],
): Promise<Row> {
  const result = outcome.parse(row)
  if (result.done === true) return { row: objectOf(table.columns, row) }
  if (result.found !== true) throw noSuchRow(table)
  const missing = references.find((_, at) => result[`r${at}`] !== true)
  if (missing !== undefined) throw noTarget(missing)
  return earlierRow(postgres, table, result)
}

/** The row that an earlier call with the same idempotency key wrote, as it is now. */
async function earlierRow(postgres: Postgres, table: Table, { seen }: Outcome): Promise<Row> {
  const { key } = seen ?? {}
  if (key === undefined) throw noSuchRow(table)
  if (key.length === 0) throw doneBefore(table)
  const named = Object.fromEntries(table.key.map((name, at) => [name, key[at] ?? null]))
  return getRow(postgres, table, { table: table.name, key: named })
}

function doneBefore({ name }: Table): RowgateError {
  return new RowgateError(
    'CONFLICT',
    `This idempotency key has added a row to \`${name}\` before; the table has no key by which to show it again.`,
  )
}

function nothingGiven(): RowgateError {
  const message = '`values` must hold at least one column.'
  return new RowgateError('VALIDATION_ERROR', message, { details: { fields: ['values'] } })
}
