/** Asks the user before a write that the file wants confirmed, with the row before and after in words. */

import type { Postgres } from '../../data/postgres/capability.ts'
import { canonical } from '../../infra/cache/key.ts'
import { clip } from '../../infra/text.ts'
import type { Json } from '../../sql-guard/values.ts'
import { type CallContext, type Change, RawResult } from '../../toolkit/tool.ts'
import { getRow } from './find.ts'
import type { DeleteRow, InsertRow, UpdateRow } from './schema.ts'
import type { Table } from './tables.ts'

/** Columns that the console shows beside each other, and characters of all values and of one. */
const MOST_COLUMNS = 100
const MOST_CHARACTERS = 150_000
const MOST_OF_VALUE = 10_000

/** Columns that a question shows; a person reads no more. */
const MOST_SHOWN = 20

type Write =
  | { readonly operation: 'insert'; readonly input: InsertRow }
  | { readonly operation: 'update'; readonly input: UpdateRow }
  | { readonly operation: 'delete'; readonly input: DeleteRow }

/**
 * The question to send, or the write that may go on. The answer is good for these arguments and the row as it
 * was shown: one that has changed since is asked again. It is good once: without an idempotency key, the
 * confirmation is the write's.
 */
export async function confirmed<Input extends Write['input']>(
  { interaction, source }: Pick<CallContext, 'interaction' | 'source'>,
  table: Table,
  operation: Write['operation'],
  input: Input,
): Promise<RawResult | Input> {
  // A write here touches one row, so a limit of rows never asks.
  if (table.confirm[operation] !== 'always') return input
  if (interaction === undefined) throw new TypeError('An interactive tool is given `interaction`')
  const write = { operation, input } as Write
  const before = await rowBefore(source.postgres, table, write)
  const about = [
    ...[table.source, table.name, operation],
    ...[canonical(input) ?? '', canonical(before) ?? ''],
  ]
  const answer = await interaction.confirm(questionOf(table, write, before), about, changeOf(write, before))
  if (answer instanceof RawResult) return answer
  return { ...input, idempotency_key: input.idempotency_key ?? answer.confirmation }
}

async function rowBefore(postgres: Postgres, table: Table, write: Write): Promise<Record<string, Json>> {
  if (write.operation === 'insert') return {}
  const { row } = await getRow(postgres, table, { table: table.name, key: write.input.key })
  return row
}

/** Whole, each value clipped. */
function changeOf(write: Write, before: Readonly<Record<string, Json>>): Change {
  if (write.operation === 'insert') return changed(null, write.input.values)
  if (write.operation === 'delete') return changed(before, null)
  return changed(before, { ...before, ...write.input.values })
}

function changed(
  before: Readonly<Record<string, Json>> | null,
  after: Readonly<Record<string, Json>> | null,
): Change {
  const columns = Object.keys({ ...after, ...before }).slice(0, MOST_COLUMNS)
  const most = Math.min(MOST_OF_VALUE, Math.floor(MOST_CHARACTERS / (2 * columns.length)))
  const valuesOf = (row: Readonly<Record<string, Json>> | null) =>
    row && columns.map((column) => shortened(row[column], most))
  return { columns, before: valuesOf(before), after: valuesOf(after) }
}

function shortened(value: Json | undefined, most: number): Json {
  if (value === undefined || value === null) return null
  const text = typeof value === 'object' ? JSON.stringify(value) : value
  if (typeof text !== 'string' || text.length <= most) return text
  return `${text.slice(0, most).toWellFormed()}…`
}

function questionOf(table: Table, write: Write, before: Readonly<Record<string, Json>>): string {
  const { name } = table
  if (write.operation === 'insert') return `Add a row to ${name} with ${listed(write.input.values)}?`
  const row = table.key.map((each) => `${each} ${shown(before[each])}`).join(', ')
  if (write.operation === 'delete') return `Delete the row ${row} of ${name}? It holds ${listed(before)}.`
  const changes = Object.entries(write.input.values).map(
    ([column, value]) => `${column} from ${shown(before[column])} to ${shown(value)}`,
  )
  return `Change the row ${row} of ${name}: ${most(changes)}?`
}

export function listed(values: Readonly<Record<string, Json>>): string {
  return most(Object.entries(values).map(([column, value]) => `${column} ${shown(value)}`))
}

function most(parts: readonly string[]): string {
  const left = parts.length - MOST_SHOWN
  return `${parts.slice(0, MOST_SHOWN).join('; ')}${left > 0 ? `; and ${left} more` : ''}`
}

function shown(value: Json | undefined): string {
  if (value === null || value === undefined) return 'nothing'
  return clip(JSON.stringify(value))
}
