/** The instructions stay small, and name what the caller may see. */

import { encode } from 'gpt-tokenizer'
import { expect, test } from 'vitest'
import type { SourceLock, TableLock } from '../../../src/infra/config/lock-file.ts'
import { instructionsFor } from '../../../src/mcp/instructions.ts'
import type { Source } from '../../../src/toolkit/services.ts'
import { lockOf, tableOf } from '../../support/product/sources.ts'

const MAX_TOKENS = 300

function told(
  sources: Readonly<Record<string, SourceLock | undefined>>,
  scopes: readonly string[] = [],
): string {
  const served: Source[] = Object.entries(sources).map(([name, lock]) => ({ name, lock, scope: undefined }))
  const schemas = ['public', 'retail']
  return instructionsFor({ sources: served, scopes: new Set(scopes) }, { sqlSchemas: schemas })
}

function tables(count: number, name: (at: number) => string): TableLock[] {
  return Array.from({ length: count }, (_, at) => tableOf(name(at), { id: 'integer' }))
}

test('each source says its tables, or its schemas', () => {
  const app = lockOf([tableOf('issues', { id: 'integer' }), tableOf('members', { id: 'integer' })])
  expect(told({ app, main: undefined })).toMatch(/\napp: issues, members\.\nmain: schemas public, retail\.$/)
})

test('a table whose scope the caller lacks is not named', () => {
  const hr = lockOf([
    tableOf('members', { id: 'integer' }),
    tableOf('salaries', { id: 'integer' }, { scope: 'hr:read' }),
  ])
  expect(told({ hr })).not.toContain('salaries')
  expect(told({ hr }, ['hr:read'])).toContain('members, salaries.')
})

test('what is left out is counted', () => {
  const app = lockOf(tables(300, (at) => `customer_invoices_${at}`))
  expect(told({ app })).toMatch(/, customer_invoices_\d+ and 2\d\d more\.$/)
})

test.each<[string, (at: number) => string]>([
  ['short names', (at) => `t${at}`],
  ['numbers', (at) => `_${9_876_543_210 + at * 7}`],
  ['long names', (at) => `${at}_`.padEnd(63, 'xq7zj')],
  ['no words', (at) => `zqxjk_${'xzqwvkjz'.repeat(3)}${at}`],
  [
    'syllables',
    (at) => ['qu', 'xo', 'ji', 'vu', 'ze', 'ka', 'wy'].map((_, i, all) => all[(at * 5 + i * 3) % 7]).join(''),
  ],
  ['capitals', (at) => `qXzJvWkQ${at}`.repeat(4)],
  ['Chinese', (at) => `顧客${at}明細`],
  ['emoji', (at) => `🦩🪿${at}`],
  ['punctuation', (at) => `~}|{^${at}\\]["`],
])('it stays within its limit with many tables of %s, and with many sources', (_, name) => {
  const lock = lockOf(tables(300, name))
  for (const count of [1, 5, 40]) {
    const sources = Object.fromEntries(Array.from({ length: count }, (_, at) => [`source_${at}`, lock]))
    expect(encode(told(sources)).length).toBeLessThanOrEqual(MAX_TOKENS)
  }
})
