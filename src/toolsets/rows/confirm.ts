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
  const change = changeOf(write, before)
  const answer = await interaction.confirm(questionOf(table, write, before), about, { change })
  if (answer instanceof RawResult) return answer
  return { ...input, idempotency_key: input.idempotency_key ?? answer.confirmation }
}

async function rowBefore(postgres: Postgres, table: Table, write: Write): Promise<Record<string, Json>> {
  if (write.operation === 'insert') return {}
  const { row } = await getRow(postgres, table, { table: table.name, key: write.input.key })
  return row
}

/** What changes comes first. Long values are cut to where the two differ. */
function changeOf(write: Write, before: Readonly<Record<string, Json>>): Change {
  if (write.operation === 'insert') return changed(null, write.input.values)
  if (write.operation === 'delete') return changed(before, null)
  const { values } = write.input
  const columns = Object.keys({ ...values, ...before })
  return changed(before, { ...before, ...values }, columns)
}

type Values = Readonly<Record<string, Json>> | null

function changed(before: Values, after: Values, all = Object.keys({ ...after, ...before })): Change {
  const columns = all.slice(0, MOST_COLUMNS)
  const most = Math.min(MOST_OF_VALUE, Math.floor(MOST_CHARACTERS / (2 * columns.length)))
  const pairs = columns.map((column) => shortened(before?.[column] ?? null, after?.[column] ?? null, most))
  return {
    columns,
    before: before && pairs.map(([value]) => value),
    after: after && pairs.map(([, value]) => value),
    ...(all.length > columns.length && { left_out: all.length - columns.length }),
  }
}

/** Characters that a cut value shows of what is before the difference. */
const CONTEXT_CHARACTERS = 40

/** Both from where they differ, so that no change is beyond a cut. */
function shortened(before: Json, after: Json, most: number): readonly [Json, Json] {
  const [one, other] = [textOf(before), textOf(after)]
  const [first, second] = [String(one ?? ''), String(other ?? '')]
  if (Math.max(first.length, second.length) <= most) return [one, other]
  let from = 0
  while (from < Math.min(first.length, second.length) && first[from] === second[from]) from += 1
  const isBoth = typeof one === 'string' && typeof other === 'string' && first !== second
  const start = isBoth && from > most - CONTEXT_CHARACTERS ? from - CONTEXT_CHARACTERS : 0
  return [cut(one, start, most), cut(other, start, most)]
}

function textOf(value: Json): Json {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

function cut(value: Json, start: number, most: number): Json {
  if (typeof value !== 'string' || (start === 0 && value.length <= most)) return value
  const text = value.slice(start, start + most).toWellFormed()
  return `${start > 0 ? '…' : ''}${text}${value.length > start + most ? '…' : ''}`
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
