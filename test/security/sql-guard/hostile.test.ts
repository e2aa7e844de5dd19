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
import { sessionMemory, zoneParameters } from './time-zones.ts'

async function verdictOn(sql: string, parameters?: readonly unknown[]) {
  const parsed = await parse(sql)
  return parsed.ok ? checkQuery(parsed.tree, access, parameters) : { ...parsed, subject: '' }
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
  'memory that outlives the statement': sessionMemory,
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

test.each(zoneParameters)('the zone %s as a parameter: %s', async (zone, ok) => {
  for (const sql of ['select now() at time zone $1', "select date_trunc('day', now(), $1::text)"])
    expect(await verdictOn(sql, [zone])).toMatchObject({ ok })
})

test('an array of times with zones of its own making is refused as a parameter, and a document with such words is not', async () => {
  const times = Array.from({ length: 50 }, (_, n) => `"2026-01-01 <A${n}>5"`)
  expect(await verdictOn('select $1::timestamptz[]', [`{${times}}`])).toMatchObject({ ok: false })
  const words = 'On 2026-01-01 we met ABC1 and DEF2; at 10:00 GHI3. '.repeat(500)
  expect(await verdictOn('select to_tsvector($1)', [words])).toMatchObject({ ok: true })
})

test.each([
  'select created_at::date, order_date::date from customers, orders',
  "select (attributes ->> 'since')::timestamptz, left(name, 10)::date, substring(sku from 1 for 10)::date from products",
  "select make_date(2026, 1, 1), to_date(region || '-01', 'YYYY-MM') from stores",
  "select now() at time zone 'Europe/Berlin' at time zone 'utc', now() at time zone interval '2 hours', now() at time zone '+05:30'",
  "select date_trunc('day', now(), 'America/New_York'), date '2026-01-01', timestamptz '2026-01-01 10:00 Europe/Berlin'",
  'select min(x)::date from (select max(order_date)::text as x from orders group by status) q',
  `select * from products where sku in (${Array.from({ length: 60 }, (_, n) => `'ABC${n}'`)})`,
])('a time is read from what stands somewhere: %s', async (sql) => {
  expect(await verdictOn(sql)).toMatchObject({ ok: true })
})
