/** MongoDB's refusals of a caller's query: answered as such, and not logged with what they quote. */

import { MongoServerError } from 'mongodb'
import { expect, test } from 'vitest'
import { toRowgateError } from '../../../../src/data/mongodb/errors.ts'

test.each([
  ['a value of the wrong type', 14],
  ['a number that overflows', 15],
  ['a field that begins with a dollar', 52],
  ['a duration that overflows', 159],
  ['an operator that is none', 168],
  ['a text that is converted to a number and is none', 241],
  ['what an operator does not take', 17_124],
])('%s is a fault of the query', (_, code) => {
  const error = toRowgateError(new MongoServerError({ message: "Failed to parse number 'hunter2'", code }))
  expect(error).toMatchObject({ code: 'QUERY_REJECTED', retryable: false })
  expect(error.message).not.toContain('hunter2')
})

test('what is unknown is ours to look at', () => {
  expect(toRowgateError(new MongoServerError({ message: 'x', code: 8 }))).toMatchObject({
    code: 'DATABASE_ERROR',
  })
})
