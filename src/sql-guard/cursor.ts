/** The cursor of a query's next page, which is valid for this query only. */

import { RowgateError } from '../infra/errors.ts'

/**
 * Number of rows, whether their order was completed (`t`) or not (`p`), the digest of these rows, and the
 * query's fingerprint. The last two guard against mistakes, not attacks: a forged cursor reads only what the
 * query reads anyway.
 */
export const CURSOR = /^[1-9]\d{0,8}\.[tp][\w-]{11}\.[\w-]{11}$/

/** Length of the fingerprint and of the digest, in bytes. */
const MARK_BYTES = 8

interface QueryText {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** A position between two rows of a query's result. */
export interface PagePosition {
  /** Rows before it. */
  readonly offset: number
  /** Whether the query ran with its ORDER BY completed. */
  readonly inTotalOrder: boolean
  /** The sum of the hashes of the rows before it, as `digestOf` shortens it. */
  readonly digest: string
}

export async function writeCursor(
  { offset, inTotalOrder, digest }: PagePosition,
  statement: QueryText,
): Promise<string> {
  return `${offset}.${inTotalOrder ? 't' : 'p'}${digest}.${await fingerprint(statement)}`
}

/** Throws on another query's cursor, which would skip arbitrary rows. */
export async function readCursor(
  cursor: string | undefined,
  statement: QueryText,
): Promise<PagePosition | undefined> {
  if (cursor === undefined) return undefined
  const [offset, rows = '', mark] = cursor.split('.')
  if (mark === (await fingerprint(statement))) {
    return { offset: Number(offset), inTotalOrder: rows.startsWith('t'), digest: rows.slice(1) }
  }
  throw new RowgateError(
    'VALIDATION_ERROR',
    '`cursor` is that of another query: send the same SQL and `parameters` as before, or leave `cursor` out.',
  )
}

/** Shortens an integer of any size, such as a sum, to a text of fixed length. */
export function digestOf(sum: string): string {
  const bytes = new Uint8Array(MARK_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(MARK_BYTES * 8, BigInt(sum)))
  return inUrl(bytes)
}

async function fingerprint({ sql, parameters }: QueryText): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([sql, parameters]))
  return inUrl(new Uint8Array(await crypto.subtle.digest('SHA-256', text)).subarray(0, MARK_BYTES))
}

function inUrl(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}
