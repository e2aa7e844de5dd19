/** Masks as expressions. A mask is the view's column, so it holds in filters, sort orders and plans. */

import type { Mask } from '../../../../src/infra/config/lock-file.ts'
import type { ShownAs } from '../../../../src/infra/config/rowgate-file.ts'
import type { CatalogueColumn } from '../catalogue.ts'
import { familyOf, type Values } from './values.ts'

/** Fewer characters than this are not shown in part: four of six would be most of them. */
const LAST_4_MIN_LENGTH = 8

export interface ShownColumn {
  readonly column: CatalogueColumn
  readonly shown: Exclude<ShownAs, 'hide'>
}

export interface MaskedType {
  /** As `format_type` prints the view's column. */
  readonly type: string
  readonly nullable: boolean
}

export function isWhole({ shown }: ShownColumn): boolean {
  return shown === 'show'
}

/** Why this mask does not fit this column, as the end of a sentence; undefined if it does. */
export function maskFault(column: CatalogueColumn, mask: Mask): string | undefined {
  const { baseType, isArray, typeKind } = column
  const isText = familyOf(column) === 'text' || baseType.endsWith('.citext')
  switch (mask) {
    case 'mask(email)':
      return isText ? undefined : 'masks text'
    case 'mask(last 4)':
      return isText || familyOf(column) === 'integer' || /^numeric/.test(baseType)
        ? undefined
        : 'masks text and numbers'
    case 'hash':
      return isArray || typeKind === 'composite' ? 'hashes single values' : undefined
    case 'year':
      return /^(date|timestamp)/.test(baseType) && !isArray ? undefined : 'is of dates and times'
    case 'size':
      return baseType === 'bytea' || isText ? undefined : 'is of bytea and text'
  }
}

export function maskedType({ column, shown }: ShownColumn): MaskedType {
  if (shown === 'show') return { type: column.type, nullable: !column.notNull }
  if (typeof shown === 'object') return { type: column.type, nullable: true }
  return { type: shown === 'year' || shown === 'size' ? 'integer' : 'text', nullable: !column.notNull }
}

/** `value` is the column, for SQL. */
export function maskExpression(
  { column, shown }: ShownColumn,
  value: string,
  values: Pick<Values, 'scope'>,
): string {
  if (shown === 'show') return value
  if (typeof shown === 'object') return `case when (select ${values.scope(shown.scope)}) then ${value} end`
  switch (shown) {
    case 'mask(email)':
      return `case when position('@' in ${value}::text) > 2 then left(${value}::text, 1) else '' end
      || '***' || coalesce(substring(${value}::text from '@[^@]*$'), left(${value}::text, 0))`
    case 'mask(last 4)':
      return `'***' || case when length(${value}::text) >= ${LAST_4_MIN_LENGTH} then right(${value}::text, 4)
      else left(${value}::text, 0) end`
    case 'hash':
      return `rowgate.mask_hash(${value}::text)`
    case 'year':
      // Without a time zone of the session's, by which a caller could tell the hour.
      return column.baseType === 'timestamp with time zone' ||
        /^timestamp.*with time zone$/.test(column.baseType)
        ? `extract(year from ${value} at time zone 'UTC')::integer`
        : `extract(year from ${value})::integer`
    case 'size':
      return `octet_length(${value})`
  }
}
