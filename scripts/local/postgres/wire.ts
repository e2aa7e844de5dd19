/** Postgres' wire protocol: encodes statements and decodes responses, with the codec of PGlite. */

import { messages, protocol } from '@electric-sql/pglite'
import { PostgresError, type Result, type Statement } from './backend.ts'

const { serialize, Parser } = protocol

/** Statements in one implicit transaction: if one fails, none is applied. */
export function encodePipeline(statements: readonly Statement[]): Uint8Array {
  const parts = statements.flatMap(({ query, params }) => [
    serialize.parse({ text: query }),
    serialize.bind({ values: [...params] }),
    serialize.describe({ type: 'P' }),
    serialize.execute({}),
  ])
  return Buffer.concat([...parts, serialize.sync()])
}

/** The simple protocol: several statements, no parameters. */
export function encodeScript(sql: string): Uint8Array {
  return Buffer.from(serialize.query(sql))
}

export interface Answer {
  /** Completed statements, in order. */
  readonly results: readonly Result[]
  /** The error of the statement after them. */
  readonly error: PostgresError | undefined
  /** Whether no transaction is open (ReadyForQuery status `I`). */
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

/** A command tag has a word, for INSERT an obsolete OID, and a row count: `INSERT 0 3`. */
function readTag(tag: string): Pick<Result, 'command' | 'rowCount'> {
  const [command = '', ...counts] = tag.split(' ')
  const count = counts.at(-1)
  return { command, rowCount: count !== undefined && /^\d+$/.test(count) ? Number(count) : null }
}
