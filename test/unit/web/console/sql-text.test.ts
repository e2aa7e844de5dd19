/** What the query page reads out of SQL: how many parameters, and where an error is. */

import { expect, test } from 'vitest'
import { readParameters } from '../../../../web/console/pages/query/parameters.ts'
import { parameterCount, placeInWords, placeOf } from '../../../../web/console/pages/query/sql-text.ts'

test.each([
  ['SELECT 1', 0],
  ['SELECT $1, $3', 3],
  [`SELECT '$9', E'\\'$9', "a$9", "b""$9", $2`, 2],
  ['SELECT $1 -- $9\n/* $9 */', 1],
  ['SELECT $tag$ $9 $tag$, $$ $9 $$, $1', 1],
  ["SELECT $1, '$9", 1],
  ['SELECT a$9, $1', 1],
  ['SELECT $999', 100],
])('parameters are counted outside of strings, names and comments: %s', (sql, count) => {
  expect(parameterCount(sql)).toBe(count)
})

const underlined = (sql: string, details: Readonly<Record<string, unknown>>) => {
  const place = placeOf(sql, details)
  return place && sql.slice(place.from, place.to)
}

test.each([
  ['SELECT 𝄞, titel FROM t', { position: 11, subject: 'titel' }, 'titel'],
  ['SELECT 1 FROM FROM t', { position: 15 }, 'FROM'],
  ['SELECT title + 1', { position: 14, subject: '+' }, '+'],
  ["SELECT 'upper', UPPER(1)", { subject: 'upper' }, 'UPPER'],
  ['SELECT a.upper_case, upper(1)', { subject: 'upper' }, 'upper'],
  ['SELECT 1 FROM  ', { position: 16 }, 'FROM'],
  ['SELECT 1', { subject: 'nowhere' }, undefined],
  ['SELECT 1', {}, undefined],
  ['SELECT (a', { subject: '(' }, '('],
])('an error stands under what it names: %s %j', (sql, details, expected) => {
  expect(underlined(sql, details)).toBe(expected)
})

test('a place is told by line and column', () => {
  expect(placeInWords('SELECT\n  x', { from: 9, to: 10 })).toBe('line 2, column 3')
})

test('parameters are JSON, and what is none is told how to be written', () => {
  expect(readParameters(['1', '"a"', 'null', ' true ', '[1, [2]]'])).toEqual({
    values: [1, 'a', null, true, [1, [2]]],
  })
  expect(readParameters(['1', 'bread', '', '{"a": 1}'])).toEqual({
    problems: {
      1: expect.stringContaining('"bread"'),
      2: expect.stringContaining('null'),
      3: expect.stringContaining('text'),
    },
  })
})
