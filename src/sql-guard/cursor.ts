/** Where the next page of a query begins, told to the caller in a form that is of no use for any other query. */

import { RowgateError } from '../infra/errors.ts'

/** Rows, a dot, and the query's fingerprint. */
export const CURSOR = /^[1-9]\d{0,8}\.[\w-]{11}$/

/** Bytes of the fingerprint. It guards against mistakes: whoever makes one up reads what a query reads anyway. */
const FINGERPRINT_BYTES = 8

interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

export async function writeCursor(offset: number, statement: Statement): Promise<string> {
  return `${offset}.${await fingerprint(statement)}`
}

/** The rows to skip. Throws where the cursor is another query's: its rows would be skipped at random. */
export async function readCursor(cursor: string | undefined, statement: Statement): Promise<number> {
  if (cursor === undefined) return 0
  const [offset, mark] = cursor.split('.')
  if (mark === (await fingerprint(statement))) return Number(offset)
  throw new RowgateError(
    'VALIDATION_ERROR',
    '`cursor` is that of another query: send the same SQL and `parameters` as before, or leave `cursor` out.',
  )
}

async function fingerprint({ sql, parameters }: Statement): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([sql, parameters]))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text)).subarray(0, FINGERPRINT_BYTES)
  return btoa(String.fromCharCode(...digest))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}
