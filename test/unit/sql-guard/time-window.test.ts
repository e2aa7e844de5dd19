/** A query over a table that is read within a time window bounds it, wherever it names it. */

import { describe, expect, test } from 'vitest'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'

const access = {
  schemas: ['agent'],
  tables: new Set(['agent.readings', 'agent.sites']),
  windows: {
    of: new Map([['agent.readings', { column: 'at', days: 7 }]]),
    now: Date.parse('2026-03-20T12:00:00Z'),
  },
}

async function reasonFor(sql: string, parameters: readonly string[]) {
  const parsed = await parse(sql)
  if (!parsed.ok) throw new Error(parsed.reason)
  const verdict = checkQuery(parsed.tree, access, parameters)
  return verdict.ok ? undefined : verdict.reason
}

const WEEK = "at >= '2026-03-01' and at < '2026-03-08'"

describe('a query that is bounded', () => {
  test.each([
    [`select count(*) from readings where ${WEEK}`],
    ["select count(*) from readings where '2026-03-01' <= at and '2026-03-08' > at and value > 3"],
    ["select * from readings where at between date '2026-03-01' and '2026-03-07'::timestamptz"],
    ["select * from readings where at = '2026-03-01'"],
    ["select * from readings where at > '2026-03-14'"],
    ["select * from readings where at > now() - interval '7 days'"],
    ["select * from readings where at >= current_date - interval '2 days'"],
    ['select * from readings where at >= $1 and at < $2::date', '2026-03-01', '2026-03-08'],
    [`select * from sites s join readings r on r.site = s.id where r.at > '2026-03-19'`],
    [`with r as (select * from readings where ${WEEK}) select count(*) from r`],
    [`select (select count(*) from readings where ${WEEK}) from sites`],
    ['with readings as (select 1 as at) select * from readings'],
    ['select * from sites'],
  ])('%s passes', async (sql, ...parameters) => {
    expect(await reasonFor(sql, parameters)).toBe(undefined)
  })
})

describe('a query that is not', () => {
  test.each([
    ['select count(*) from readings'],
    ["select * from readings where at >= '2026-03-01'"],
    ["select * from readings where at < '2026-03-08'"],
    ["select * from readings where at >= '2026-02-01' and at < '2026-03-08'"],
    [`select * from readings where (${WEEK}) or true`],
    [`select * from readings where not (${WEEK})`],
    ["select * from readings where at > now() - interval '8 days'"],
    ["select * from readings where at > now() - interval '7 years'"],
    ['select * from readings where at >= $1 and at < $2', '2026-01-01', '2026-03-08'],
    ["select * from readings where at > (select '2026-03-19'::date)"],
    [`select * from readings a, readings b where a.${WEEK.replace('and at', 'and a.at')}`],
    [`select * from sites s left join readings r on r.at > '2026-03-19'`],
    ['select (select count(*) from readings) from sites'],
    ['with r as (select * from readings) select * from r where at > now()'],
    [`select 1 from sites union all select 1 from readings`],
    ['select * from readings tablesample system (1)'],
    [`select * from readings where s.at >= '2026-03-01' and s.at < '2026-03-08'`],
  ])('%s is refused with what to write', async (sql, ...parameters) => {
    expect(await reasonFor(sql, parameters)).toMatch(
      /is read within 7 days at a time: bound `at` in the WHERE/,
    )
  })
})
