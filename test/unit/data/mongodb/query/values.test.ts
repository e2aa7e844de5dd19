/** Storage of numbers: a whole number as a whole number, so that sums of them are exact. */

import { Decimal128, Long, ObjectId } from 'bson'
import { expect, test } from 'vitest'
import { expressionOf } from '../../../../../src/data/mongodb/query/expression.ts'
import { literalOf, startReading } from '../../../../../src/data/mongodb/query/values.ts'

const types = {
  objectId: (hex: string) => new ObjectId(hex),
  decimal: (text: string) => Decimal128.fromString(text),
  long: (text: string) => Long.fromString(text),
}

test('a whole number beyond 32 bits is stored as one of 64, others as they are', () => {
  const reading = startReading(types, [])
  const given = { a: [2147483647, -2147483647, 0.5, 1e300], b: 2147483648, c: -9007199254740991 }
  const stored = { ...given, b: Long.fromString('2147483648'), c: Long.fromString('-9007199254740991') }
  expect(literalOf(given, reading)).toEqual(stored)
  expect(expressionOf({ $add: ['$a', 9007199254740991] }, reading)).toEqual({
    $add: ['$a', Long.fromString('9007199254740991')],
  })
})
