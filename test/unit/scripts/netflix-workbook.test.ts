/** Reading .xlsx files row by row, the broken and the hostile ones too. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { WorkbookError, withWorkbook } from '../../../scripts/examples/netflix/workbooks/workbook.ts'
import { writeWorkbook, writeZip } from '../../support/fixtures/xlsx.ts'

const folder = mkdtempSync(join(tmpdir(), 'rowgate-workbook-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string) => join(folder, name)

function readAll(file: string) {
  return withWorkbook(file, async (sheets) => {
    const read: Record<string, unknown[]> = {}
    for (const { name, rows } of sheets) {
      const gathered: unknown[] = []
      for await (const row of rows()) gathered.push(row)
      read[name] = gathered
    }
    return read
  })
}

const shell = {
  'xl/workbook.xml':
    '<x:workbook xmlns:x="m" xmlns:q="r"><x:sheets><x:sheet name="S" q:id="a"/></x:sheets></x:workbook>',
  'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="a" Target="/xl/s.xml"/></Relationships>',
}
const sheet = (xml: string) => ({ ...shell, 'xl/s.xml': xml })

test('rows come sheet by sheet, in order, with gaps as null and text as it was written', async () => {
  const file = writeWorkbook(path('plain.xlsx'), {
    'One & "two"': [['a', null, 1.5], [], [null, '<b> & 表'], ['a', 0]],
    Empty: [],
  })
  expect(await readAll(file)).toEqual({
    'One & "two"': [
      { number: 1, cells: ['a', null, 1.5] },
      { number: 2, cells: [] },
      { number: 3, cells: [null, '<b> & 表'] },
      { number: 4, cells: ['a', 0] },
    ],
    Empty: [],
  })
})

test('a writer may use prefixes, inline strings, rich text, phonetics and cells without references', async () => {
  const file = writeZip(path('odd.xlsx'), {
    ...sheet(
      '<x:worksheet><x:row><x:c t="inlineStr"><x:is><x:t>in</x:t></x:is></x:c><x:c t="s"><x:v>0</x:v></x:c></x:row><x:row r="9"><x:c t="str"><x:f>1+1</x:f><x:v>two</x:v></x:c></x:row></x:worksheet>',
    ),
    'xl/sharedStrings.xml': '<sst><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>reading</t></rPh></si></sst>',
  })
  expect(await readAll(file)).toEqual({
    S: [
      { number: 1, cells: ['in', 'rich'] },
      { number: 9, cells: ['two'] },
    ],
  })
})

test.each([
  ['no file at all', () => path('absent.xlsx'), 'There is no file'],
  ['a folder', () => folder, 'not an .xlsx workbook'],
  ['plain text', () => written('title,views'), 'not an .xlsx workbook'],
  ['an empty file', () => written(''), 'not an .xlsx workbook'],
  [
    'a zip of something else',
    () => writeZip(path('other.xlsx'), { 'a.txt': 'a' }),
    'it has no part "xl/_rels/workbook.xml.rels"',
  ],
  ['a sheet that is not there', () => writeZip(path('gone.xlsx'), shell), 'it has no part "xl/s.xml"'],
  [
    'XML that breaks off',
    () => writeZip(path('cut.xlsx'), sheet('<worksheet><row r="1"><c')),
    'not an .xlsx workbook',
  ],
  [
    'a document type, which is how entities are made to explode',
    () => writeZip(path('bomb.xlsx'), sheet('<!DOCTYPE a [<!ENTITY b "bb">]><worksheet>&b;</worksheet>')),
    'a document type is not allowed',
  ],
])('%s is refused in one sentence', async (_, file, words) => {
  const fault = await readAll(file()).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(WorkbookError)
  const { message } = fault as WorkbookError
  expect(message).toContain(words)
  expect(message).not.toContain('\n')
})

test('one figure that was damaged on the way is no other figure', async () => {
  const file = writeWorkbook(path('damaged.xlsx'), { S: [['hours', 733_800_000]] })
  writeFileSync(file, readFileSync(file, 'latin1').replace('733800000', '733800001'), 'latin1')
  await expect(readAll(file)).rejects.toThrow('its part "xl/worksheets/sheet1.xml" is damaged')
})

test('a workbook that is cut short is told to be', async () => {
  const file = writeWorkbook(path('short.xlsx'), { S: [['hours', 1]] })
  writeFileSync(file, readFileSync(file).subarray(0, -60))
  await expect(readAll(file)).rejects.toThrow('it is no zip file, or is cut short')
})

test('a reference beyond the last column makes no giant row', async () => {
  const file = writeZip(
    path('wide.xlsx'),
    sheet('<worksheet><row r="1"><c r="ZZZZZZ1"><v>1</v></c><c r="A1"><v>2</v></c></row></worksheet>'),
  )
  expect(await readAll(file)).toEqual({ S: [{ number: 1, cells: [2] }] })
})

function written(text: string): string {
  writeFileSync(path('text.xlsx'), text)
  return path('text.xlsx')
}
