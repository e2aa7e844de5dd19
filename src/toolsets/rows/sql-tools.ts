/** SQL tools of files: one tool for each that `up` has put into the lock, run under the caller's seal. */

import { type SQL, sql } from 'drizzle-orm/sql'
import * as z from 'zod'
import type { Postgres } from '../../data/postgres/capability.ts'
import { canonical } from '../../infra/cache/key.ts'
import type { ColumnLock, SqlParameterLock, SqlToolLock } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'
import { json, MAX_ROWS } from '../../sql-guard/schema.ts'
import type { Json } from '../../sql-guard/values.ts'
import { isBuiltin } from '../../toolkit/builtin-types.ts'
import { idempotencyKey } from '../../toolkit/idempotency-key.ts'
import { listOutput, upTo } from '../../toolkit/page.ts'
import { splitAt } from '../../toolkit/placeholders.ts'
import type { Source } from '../../toolkit/services.ts'
import {
  type CallContext,
  RawResult,
  READS,
  type Tool,
  type ToolAnnotations,
  tool,
} from '../../toolkit/tool.ts'
import { tsvOf } from '../../toolkit/tsv.ts'
import { columnType } from './column-types.ts'
import { listed } from './confirm.ts'
import { identityValue } from './identity.ts'
import { onceHash } from './once.ts'
import { parameterSchema } from './sql-parameters.ts'
import { inOurWords, type Unchecked, written } from './values.ts'
import { selection, valuesOf } from './view.ts'

const READ = 'rows:read'
const WRITE = 'rows:write'

/** The SQL tools of these sources, each under the name that its file gives it. */
export function sqlTools(sources: readonly Source[]): Tool[] {
  return sources.flatMap(({ name, lock }) =>
    (lock?.tools ?? []).map((each) => sqlTool(name, lock?.viewSchema ?? '', each)),
  )
}

type Arguments = Readonly<Record<string, unknown>>

/** One tool, as it is run. */
interface Made {
  readonly source: string
  readonly viewSchema: string
  readonly lock: SqlToolLock
  /** Its columns, under names of ours: `c0` and on. */
  readonly columns: readonly ColumnLock[]
}

function sqlTool(source: string, viewSchema: string, lock: SqlToolLock): Tool {
  const { name, title, description, writes, cacheSeconds } = lock
  const columns = lock.columns.map(({ type }, at) => ({ name: `c${at}`, type, nullable: true, hash: '' }))
  const made = { source, viewSchema, lock, columns }
  return tool({
    ...{ name, title, description },
    scope: lock.scope ?? (writes ? WRITE : READ),
    annotations: annotationsOf(lock),
    on: { source },
    input: inputOf(lock),
    output: outputOf(lock),
    text: tsvOf,
    ...(cacheSeconds !== undefined && {
      cache: { ttlSeconds: cacheSeconds, per: 'caller', version: versionOf(lock.sql) },
    }),
    ...(mostUnasked(lock) !== undefined && { interactive: true as const }),
    handler: (input, call) =>
      writes ? confirmedWrite(call, made, input) : read(call.source.postgres, made, input),
  })
}

function annotationsOf({ writes, annotations }: SqlToolLock): ToolAnnotations {
  if (!writes) return { ...READS, openWorldHint: annotations?.openWorldHint ?? false }
  return { ...READS, readOnlyHint: false, idempotentHint: false, destructiveHint: true, ...annotations }
}

function inputOf({ parameters, writes }: SqlToolLock): z.ZodObject {
  const seen = parameters.filter(({ from }) => from === undefined)
  const fields = seen.map((parameter) => [parameter.name, parameterSchema(parameter)] as const)
  return z.strictObject({ ...Object.fromEntries(fields), ...(writes && { idempotency_key: idempotencyKey }) })
}

function outputOf({ columns }: SqlToolLock) {
  const each = columns.map(({ name, type }) => `${name} (${type})`).join(', ')
  return listOutput.extend({ rows: z.array(z.array(json)).describe(`In each row: ${each}`) })
}

/** A response that was cached for another statement is not one of this. */
function versionOf(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0
  return hash
}

async function read(postgres: Postgres, made: Made, input: Arguments) {
  const unchecked: Unchecked = new Set()
  const statement = sql`select ${selection(made.columns)} from (${bodyOf(made, input, unchecked)}
    ) as answer (${names(made)}) limit ${MAX_ROWS + 1}`
  const [{ rows }] = await postgres
    .read((db) => [db.execute(statement)])
    .catch((error: unknown) => {
      throw inOurWords(error, unchecked)
    })
  return answerOf(
    made,
    rows.map((row) => valuesOf(made.columns, row)),
  )
}

/** Rows that it writes without asking; undefined: it never asks. */
function mostUnasked({ confirm = 'never' }: SqlToolLock): number | undefined {
  if (confirm === 'never') return undefined
  return confirm === 'always' ? 0 : confirm
}

/**
 * Writes, and takes it back where it was more rows than are written without asking: the question says how
 * many. The answer is good once, for these arguments and for this many rows.
 */
async function confirmedWrite(call: CallContext, made: Made, input: Arguments) {
  const { source, interaction } = call
  const { lock } = made
  try {
    return await write(source.postgres, made, input, mostUnasked(lock))
  } catch (error) {
    const count = tooMany(error)
    if (count === undefined || interaction === undefined) throw error
    const about = [made.source, lock.name, canonical(input) ?? '', String(count)]
    const answer = await interaction.confirm(questionOf(lock, input, count), about)
    if (answer instanceof RawResult) return answer
    const { idempotency_key = answer.confirmation } = input
    return write(source.postgres, made, { ...input, idempotency_key }, count)
  }
}

/** The rows that a write was taken back for. */
function tooMany(error: unknown): number | undefined {
  if (!(error instanceof RowgateError) || error.details?.sqlstate !== 'RG007') return undefined
  return Number(/^\d+/.exec(error.cause instanceof Error ? error.cause.message : '')?.[0])
}

function questionOf({ title, parameters }: SqlToolLock, input: Arguments, count: number): string {
  const given = parameters.flatMap(({ name }) =>
    Object.hasOwn(input, name) ? [[name, json.parse(input[name] ?? null)]] : [],
  )
  const values = given.length === 0 ? '' : `, with ${listed(Object.fromEntries(given))}`
  return `${title}${values}? It writes ${count} ${count === 1 ? 'row' : 'rows'}.`
}

/** The rows of RETURNING; their first column names them in the audit log. */
async function write(postgres: Postgres, made: Made, input: Arguments, most?: number) {
  const { source, lock, columns } = made
  const unchecked: Unchecked = new Set()
  const key = typeof input.idempotency_key === 'string' ? input.idempotency_key : undefined
  const about = sql`${source}, ${lock.name}, ${key}`
  const hash = await onceHash(input)
  const texts = sql`array[${sql.join(
    columns.map(({ name }) => sql`out.${sql.identifier(name)}`),
    sql`, `,
  )}]`
  const keep = sql`rowgate.once_done(${about}, (
    select case when octet_length(cast(kept.rows as text)) < ${KEPT_MAX_BYTES} then jsonb_build_object('rows', kept.rows) else '{}' end
    from (select coalesce(jsonb_agg(to_jsonb(${texts})), '[]') as rows from out) kept))`
  const few =
    most === undefined
      ? sql`null`
      : sql`rowgate.must_be_few((select cast(count(*) as integer) from done), ${most})`
  const statement = sql`with done (${names(made)}) as (${bodyOf(made, input, unchecked)}
    ), out as (select ${selection(columns)} from done),
    told as (select rowgate.written(${lock.name}, array(select cast(done.c0 as text) from done)) as count,
      ${key === undefined ? sql`null` : keep} as kept, ${few})
    select told.count, out.* from told left join out on true`
  const first = sql`select rowgate.must_be_first(${about}, ${hash})`
  const run = () =>
    key === undefined
      ? postgres.write((db) => [db.execute(statement)]).then(([answer]) => answer)
      : postgres
          .write((db) => [db.execute(first), db.execute(statement)], 'repeatable')
          .then(([, answer]) => answer)
  try {
    const { rows } = await run()
    const isNone = counted.parse(rows[0]).count === 0
    return answerOf(made, isNone ? [] : rows.map((row) => valuesOf(columns, row)))
  } catch (error) {
    if (isDoneBefore(error)) return answerOf(made, await earlier(postgres, made, sql`${about}, ${hash}`))
    throw inOurWords(error, unchecked)
  }
}

/** `rowgate.once_done` takes 8 kB. */
const KEPT_MAX_BYTES = 8_000

const counted = z.looseObject({ count: z.number() })
const keptRows = z.looseObject({
  seen: z.object({ rows: z.array(z.array(z.string().nullable())).optional() }).nullable(),
})

function isDoneBefore(error: unknown): boolean {
  return error instanceof RowgateError && error.details?.sqlstate === 'RG006'
}

/** The answer of the first call with this key. */
async function earlier(postgres: Postgres, { columns, lock }: Made, about: SQL): Promise<Json[][]> {
  const [{ rows }] = await postgres.write(
    (db) => [db.execute(sql`select rowgate.once(${about}) as seen`)],
    'repeatable',
  )
  const kept = keptRows.parse(rows[0]).seen?.rows
  if (kept === undefined) {
    const message = `\`${lock.name}\` was called with this idempotency key before, and did its work then; the answer was too long to be kept.`
    throw new RowgateError('CONFLICT', message)
  }
  return kept.map((texts) =>
    columns.map(({ type }, at) => {
      const text = texts[at]
      return text === null || text === undefined ? null : columnType(type).read(text)
    }),
  )
}

function answerOf({ lock }: Made, rows: readonly Json[][]) {
  return { columns: lock.columns.map(({ name }) => name), ...upTo(rows, MAX_ROWS) }
}

function names({ columns }: Made): SQL {
  return sql.join(
    columns.map(({ name }) => sql.identifier(name)),
    sql`, `,
  )
}

/** The file's statement with its parameters. */
function bodyOf({ lock, viewSchema }: Made, input: Arguments, unchecked: Unchecked): SQL {
  const { texts, placeholders } = splitAt('$', lock.sql)
  const parts = texts.flatMap((text, at) => {
    const parameter = lock.parameters[Number(placeholders[at]) - 1]
    return parameter === undefined
      ? [operatorText(text)]
      : [operatorText(text), parameterOf(parameter, viewSchema, input, unchecked)]
  })
  return sql.join(parts)
}

function parameterOf(
  { name, type, from }: SqlParameterLock,
  viewSchema: string,
  input: Arguments,
  unchecked: Unchecked,
): SQL {
  if (from !== undefined) return cast(identityValue(viewSchema, from), type)
  const given = Object.hasOwn(input, name) ? json.parse(input[name] ?? null) : null
  const text = written({ name, type, nullable: true, hash: '' }, given, unchecked)
  return cast(text === null ? sql`null` : sql`${text}`, type)
}

/**
 * A type of the application's own may lie in a schema that the login cannot name; there Postgres infers it.
 */
function cast(value: SQL, type: string): SQL {
  return isBuiltin(type) ? sql`cast(${value} as ${operatorText(type)})` : value
}

/** SQL of the operator's file, which `up` has checked and Postgres has described. Nothing of a caller's. */
function operatorText(text: string): SQL {
  // biome-ignore lint/plugin: the one text that is no value and is not written here
  return sql.raw(text)
}
