/** Cursor of a product page. Untrusted, but it can only name a position. */

import * as z from 'zod'
import { RowgateError } from '../../infra/errors.ts'
import { PRICE, type Product, type Sort } from './schema.ts'

const cursor = z.union([
  z.tuple([z.literal('newest'), z.literal(''), z.uuid()]),
  z.tuple([z.literal('name'), z.string().max(200), z.uuid()]),
  z.tuple([z.enum(['price_asc', 'price_desc']), z.string().regex(PRICE), z.uuid()]),
])

export interface CursorPosition {
  /** The last product's value in the sort column. */
  readonly value: string
  readonly id: string
}

export function writeCursor(sort: Sort, last: Pick<Product, 'id' | 'name' | 'price'>): string {
  const values: Record<Sort, string> = {
    newest: '',
    name: last.name,
    price_asc: last.price,
    price_desc: last.price,
  }
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify([sort, values[sort], last.id]))))
}

/** Throws VALIDATION_ERROR unless `writeCursor` could have made it for this sort. */
export function readCursor(text: string, sort: Sort): CursorPosition {
  const parsed = cursor.safeParse(decode(text))
  if (!parsed.success) throw wrong('`cursor` must be the `next_cursor` of an earlier page, unchanged.')
  const [of, value, id] = parsed.data
  if (of !== sort) throw wrong(`\`cursor\` is of a page sorted by ${of}: send \`sort\` as it was.`)
  return { value, id: id.toLowerCase() }
}

function decode(text: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function wrong(sentence: string): RowgateError {
  return new RowgateError('VALIDATION_ERROR', `Wrong arguments. ${sentence}`, {
    details: { fields: ['cursor'] },
  })
}
