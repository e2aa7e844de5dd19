/** Exports: CSV without formulas, TSV for the clipboard, JSON. */

import { expect, test } from 'vitest'
import { shownText } from '../../../../web/parts/cell-text.ts'
import { csvOf, tsvOf } from '../../../../web/parts/csv.ts'
import { jsonOf } from '../../../../web/parts/json-export.ts'
import { table } from './table.ts'

function csvField(value: string): string {
  return csvOf(table(['c'], []), [[value]])
    .split('\r\n')
    .slice(1, -1)
    .join('\r\n')
}

test.each([
  '=1+1',
  '=cmd|"/c calc"!A1',
  '+1+1',
  '-2+3+cmd|x',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1+1',
  '-',
  '+49 30 123',
  '--1',
])('%j is written with an apostrophe, since a spreadsheet would run it', (value) => {
  const written = csvField(value)
  const read = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written
  expect(read).toBe(`'${value}`)
})

test.each(['-12.50', '+3', '-1e-9', '12', '0012', '-9007199254740993.00'])(
  'the number %s is unchanged',
  (value) => {
    expect(csvField(value)).toBe(value)
  },
)

test('fields are quoted as RFC 4180 says, null is empty and an empty text is quoted', () => {
  const made = table(
    ['=name', 'b', 'c'],
    [
      ['a,b', 'say "hi"', 'line\nbreak'],
      [null, '', true],
      [1.5, -2, { a: [1] }],
    ],
  )
  expect(csvOf(made, made.rows)).toBe(
    '\'=name,b,c\r\n"a,b","say ""hi""","line\nbreak"\r\n,"",true\r\n1.5,-2,"{""a"":[1]}"\r\n',
  )
})

test('a cell alone is copied as it is, several without formulas', () => {
  expect(tsvOf([['=1+1']])).toBe('=1+1')
  expect(
    tsvOf([
      ['=1+1', 'a\tb'],
      [null, -1],
    ]),
  ).toBe('\'=1+1\t"a\tb"\n\t-1')
})

test('JSON has each column once, under a name of its own', () => {
  const made = table(['id', 'id', 'id_2', '__proto__'], [[1, 2, '9007199254740993', null]])
  expect(JSON.parse(jsonOf(made, made.rows))).toEqual([
    JSON.parse('{"id":1,"id_3":2,"id_2":"9007199254740993","__proto__":null}'),
  ])
  expect(JSON.parse(jsonOf(made, []))).toEqual([])
})

test('a cell is cut on the screen and whole in an export', () => {
  const long = 'x'.repeat(10_000_000)
  expect(shownText(long).length).toBeLessThan(400)
  expect(csvField(long)).toBe(long)
})

test('what cannot be seen is shown on the screen', () => {
  expect(shownText('a\tb\u0000\u202egnp.exe\u2066\u200b')).toBe('a␉b␀⟨U+202E⟩gnp.exe⟨U+2066⟩⟨U+200B⟩')
  expect(shownText('👩‍👩‍👧 שלום')).toBe('👩‍👩‍👧 שלום')
})
