/**
 * The most watched titles where only a half-yearly report is imported: the newest that there is, and which
 * one it is.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importReport } from '../../../scripts/examples/netflix/workbooks/import.ts'
import { engagement } from '../../support/fixtures/netflix.ts'
import { writeWorkbook } from '../../support/fixtures/xlsx.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'

let rowgate: Rowgate
beforeAll(async () => {
  rowgate = await startRowgate()
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-netflix-'))
  await importReport({
    path: writeWorkbook(join(folder, '2024H1.xlsx'), engagement),
    owner: rowgate.database.endpoint.owner,
    onBatch: () => undefined,
    onUnreadable: (row) => {
      throw new Error(row.reason)
    },
  })
  rmSync(folder, { recursive: true })
})
afterAll(() => rowgate.close())

test('without a week, the newest half year is ranked, and named', async () => {
  const { data } = await rowgate.call('ada', 'top_titles', { limit: 1 })
  expect(data).toMatchObject({ report: 'half_year', from: '2024-01-01', to: '2024-06-30', row_count: 1 })
  expect(data).not.toHaveProperty('note')
})

test('who asks for a week is told that none is there', async () => {
  const { data } = await rowgate.call('ada', 'top_titles', { period: 'latest_week' })
  expect(data).toMatchObject({ report: null, rows: [], note: 'No report of that period is imported.' })
})
