/** The costliest refused queries, and the limit on their words, which holds before the parser runs. */

import { expect, test } from 'vitest'
import { REFUSED, type RefusedQuery } from '../../../scripts/measure/bench/refused.ts'
import { access } from '../../../scripts/measure/bench/sql-fixture.ts'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { MAX_TOKENS, parse } from '../../../src/sql-guard/parser/parse.ts'

async function reasonFor({ sql, parameters = [] }: Pick<RefusedQuery, 'sql' | 'parameters'>) {
  const parsed = await parse(sql)
  const verdict = parsed.ok ? checkQuery(parsed.tree, access, parameters) : parsed
  return verdict.ok ? undefined : verdict.reason
}

test.each(REFUSED)('$what: refused for the reason that the benchmark measures', async (refused) => {
  expect(await reasonFor(refused)).toContain(refused.because)
})

test('a text with one word or sign too many is refused before the parser reads it', async () => {
  // A grammar error in any case, which only the parser finds.
  const commas = (count: number) => ({ sql: ','.repeat(count) })
  expect(await reasonFor(commas(MAX_TOKENS))).toContain('syntax error')
  expect(await reasonFor(commas(MAX_TOKENS + 1))).toContain(`has ${MAX_TOKENS + 1} words and signs`)
  const words = (count: number) => ({ sql: 'a '.repeat(count) })
  expect(await reasonFor(words(MAX_TOKENS))).toContain('syntax error')
  expect(await reasonFor(words(MAX_TOKENS + 1))).toContain(`has ${MAX_TOKENS + 1} words and signs`)
})
