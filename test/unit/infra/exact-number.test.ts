/** Numbers that stay numbers, and those that are given as their text. */

import { expect, test } from 'vitest'
import { exactNumber, isExact, parseExactly } from '../../../src/infra/exact-number.ts'

test.each([
  ['0', 0],
  ['-1.50', -1.5],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', '9007199254740992'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['0.30000000000000004', 0.30000000000000004],
  ['0.1234567890123456789', '0.1234567890123456789'],
  ['123456789.123456789', '123456789.123456789'],
  ['1e300', 1e300],
  ['1e400', '1e400'],
  ['5e-324', 5e-324],
  ['1e-400', '1e-400'],
])('%s is %j', (source, shown) => {
  expect(exactNumber(source)).toBe(shown)
  expect(parseExactly(`{"a":[${source}]}`)).toEqual({ a: [shown] })
})

test('a power of two beyond 2^53 does not change, one more than it does', () => {
  expect(isExact('18014398509481984')).toBe(true)
  expect(isExact('18014398509481985')).toBe(false)
})
