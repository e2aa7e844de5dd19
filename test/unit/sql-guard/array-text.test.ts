/** An array among the parameters goes to Postgres as an array, whatever its texts hold. */

import { expect, test } from 'vitest'
import { queryInput } from '../../../src/sql-guard/schema.ts'

test.each([
  [[1, 2], '{1,2}'],
  [[], '{}'],
  [['a', 'b c'], '{"a","b c"}'],
  [['say "hi"', 'a\\b', 'x,y', '{z}', 'NULL', ''], '{"say \\"hi\\"","a\\\\b","x,y","{z}","NULL",""}'],
  [[null, true, 1.5], '{NULL,true,1.5}'],
])('%j is %s', (given, written) => {
  expect(queryInput.parse({ sql: 'select $1::text[]', parameters: [given] }).parameters).toEqual([written])
})

test('a text that looks like an array stays as it is', () => {
  expect(queryInput.parse({ sql: 'select $1', parameters: ['{1,2}'] }).parameters).toEqual(['{1,2}'])
})
