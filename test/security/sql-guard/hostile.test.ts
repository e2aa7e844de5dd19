/** No hostile statement passes the guard, and each refusal names what was wrong. */

import { describe, expect, test } from 'vitest'
import { access } from '../../../scripts/measure/bench/sql-fixture.ts'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'
import { catalogue, columnNotation } from './catalogue.ts'
import type { Hostile } from './hostile.ts'
import { identityCalls, positions } from './identity.ts'
import { denial, encoding, harmless } from './load-and-encoding.ts'
import { pairs } from './pairs.ts'
import { serverReach, textRunners } from './reach.ts'
import { stacking, writes } from './stacking-and-writes.ts'

async function verdictOn(sql: string) {
  const parsed = await parse(sql)
  return parsed.ok ? checkQuery(parsed.tree, access) : { ...parsed, subject: '' }
}

async function expectRefusal({ sql, culprit }: Hostile): Promise<void> {
  const verdict = await verdictOn(sql)
  expect(verdict.ok, sql).toBe(false)
  const said = verdict.ok ? '' : `${verdict.subject} ${verdict.reason}`
  expect(said).toContain(culprit)
}

const classes = {
  stacking: stacking,
  'writes dressed as reads': writes,
  'functions that run text': textRunners,
  'reach into the server': serverReach,
  'leaks of the catalogue': catalogue,
  'column notation that calls': columnNotation,
  'denial of service': denial,
  'work on pairs that no timeout ends': pairs,
  'encoding tricks': encoding,
}

test('the corpus has at least 250 statements, without the products of positions and spellings', () => {
  expect(Object.values(classes).flat().length).toBeGreaterThanOrEqual(250)
})

describe.each(Object.entries(classes))('%s', (_, members) => {
  test.each(members.map((member) => [member.sql.slice(0, 120), member] as const))(
    'is refused: %s',
    (_, member) => expectRefusal(member),
  )
})

describe.each(identityCalls)('an identity escape by $sql', ({ sql, culprit }) => {
  test.each(positions)('is refused in: %s', (position) =>
    expectRefusal({ sql: position.replaceAll('$call', () => sql), culprit }),
  )
})

test.each(positions)('the position parses and stands for itself: %s', async (position) => {
  expect(await verdictOn(position.replaceAll('$call', "upper('a')"))).toMatchObject({ ok: true })
})

test.each(harmless)('is harmless, as $why: $sql', async ({ sql }) => {
  expect(await verdictOn(sql)).toMatchObject({ ok: true })
})
