/** Postgres' wire protocol as bytes: statements out, their answers back in. PGlite brings the codec. */

import { messages, protocol } from '@electric-sql/pglite'
import { PostgresError, type Result, type Statement } from './backend.ts'

const { serialize, Parser } = protocol

/** Statements that share one implicit transaction: if one fails, none of them was. */
export function encodePipeline(statements: readonly Statement[]): Uint8Array {
  const parts = statements.flatMap(({ query, params }) => [
    serialize.parse({ text: query }),
    serialize.bind({ values: [...params] }),
    serialize.describe({ type: 'P' }),
    serialize.execute({}),
  ])
  return Buffer.concat([...parts, serialize.sync()])
}

/** The simple protocol, which takes any number of statements and no values. */
export function encodeScript(sql: string): Uint8Array {
  return Buffer.from(serialize.query(sql))
}

export interface Answer {
  /** The statements that completed, in order. */
  readonly results: readonly Result[]
  /** What stopped the one after them. */
  readonly error: PostgresError | undefined
  /** Whether no transaction was left open. */
  readonly idle: boolean
}

export function decodeAnswer(bytes: Uint8Array): Answer {
  const results: Result[] = []
  let error: PostgresError | undefined
  let fields: Result['fields'] = []
  let rows: (string | null)[][] = []
  let idle = false
  const complete = (tag: string) => {
    results.push({ fields, rows, ...readTag(tag) })
    fields = []
    rows = []
  }
  new Parser().parse(bytes, (message) => {
    if (message instanceof messages.RowDescriptionMessage) fields = message.fields.map(readField)
    if (message instanceof messages.DataRowMessage) rows.push(message.fields)
    if (message instanceof messages.CommandCompleteMessage) complete(message.text)
    if (message instanceof messages.DatabaseError) error = PostgresError.from(message)
    if (message instanceof messages.ReadyForQueryMessage) idle = message.status === 'I'
    if (message.name === 'emptyQuery') complete('')
  })
  return { results, error, idle }
}

function readField(field: messages.Field): Result['fields'][number] {
  const { name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier } = field
  return { name, dataTypeID, tableID, columnID, dataTypeSize, dataTypeModifier, format: 'text' }
}

/** A command tag is a word, and for some commands an obsolete OID and a count: `INSERT 0 3`. */
function readTag(tag: string): Pick<Result, 'command' | 'rowCount'> {
  const [command = '', ...counts] = tag.split(' ')
  const count = counts.at(-1)
  return { command, rowCount: count !== undefined && /^\d+$/.test(count) ? Number(count) : null }
}
