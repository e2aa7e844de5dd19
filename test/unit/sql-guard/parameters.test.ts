/** Parameters of a query. */

import { expect, test } from 'vitest'
import { queryInput } from '../../../src/sql-guard/schema.ts'

test.each([
  [100_000, true],
  [100_001, false],
])('a text of %i characters is a parameter: %s', (length, success) => {
  const input = { sql: 'select $1::text', parameters: ['x'.repeat(length)] }
  expect(queryInput.safeParse(input)).toMatchObject({ success })
})
