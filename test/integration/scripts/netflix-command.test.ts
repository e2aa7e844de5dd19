/**
 * `rowgate import netflix` as a person runs it, while `npm start` holds the database and while it does not.
 */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectToRunning, openOwnerEndpoint } from '../../../scripts/local/owner-endpoint.ts'
import { engagement } from '../../support/fixtures/netflix.ts'
import { writeWorkbook } from '../../support/fixtures/xlsx.ts'
import { putEmptyPostgres } from '../../support/product/local.ts'
import { runRowgate } from '../../support/product/script.ts'
import { startDatabase, type TestDatabase } from '../../support/servers/databases.ts'

const NOT_A_WORKBOOK = import.meta.filename

let folder: string
let report: string
let database: TestDatabase
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rowgate-command-'))
  report = writeWorkbook(join(folder, '2024H1.xlsx'), engagement)
  database = await startDatabase()
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

async function run(...args: string[]) {
  const { code, stdout, stderr } = await runRowgate(['import', 'netflix', ...args]).finished
  return { code, out: stdout, err: stderr }
}

test('it imports through the endpoint of a running `npm start`, and again without a change', async () => {
  const shut = await openOwnerEndpoint(folder, database.endpoint.owner)
  try {
    const first = await run(report, '--data', folder)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toContain('12 rows\n')
    expect(first.out).toMatch(/^Engagement report: 12 figures in .* New: 5 films, 6 shows, 7 seasons\.$/m)
    expect((await run(report, '--data', folder)).out).toContain('New: 0 films, 0 shows, 0 seasons.')
  } finally {
    await shut()
  }
})

test('it imports into a data folder that nobody holds, after what a crash left there', async () => {
  const data = join(folder, 'own')
  await putEmptyPostgres(data)
  const first = await run(report, '--data', data)
  expect(first).toMatchObject({ code: 0, err: '' })
  writeFileSync(join(data, 'owner-endpoint.json'), JSON.stringify({ url: 'http://127.0.0.1:1/' }))
  expect((await run(report, '--data', data)).out).toContain('New: 0 films, 0 shows, 0 seasons.')
})

test('rows that were left out are counted and named', async () => {
  const shut = await openOwnerEndpoint(folder, database.endpoint.owner)
  try {
    const film = [...(engagement.Film ?? []), ['Bad', 'Yes', null, 'lots', '1:00', 5]]
    const { code, out } = await run(
      writeWorkbook(join(folder, 'bad-2024H1.xlsx'), { Film: film }),
      '--data',
      folder,
    )
    expect(code).toBe(0)
    expect(out).toContain('1 row was left out:\n  Film, row 8: its hours viewed "lots" is not a whole number')
  } finally {
    await shut()
  }
})

test.each([
  ['an absent file', () => [join(folder, 'absent.xlsx')], 'There is no file'],
  ['a file of another kind', () => [NOT_A_WORKBOOK], 'is not an .xlsx workbook'],
  [
    'a server that is not there',
    () => [report, '--database-url', 'postgres://a@127.0.0.1:1/c'],
    'cannot be reached',
  ],
])('%s is one clear sentence and exit code 1', async (_, args, words) => {
  const shut = await openOwnerEndpoint(folder, database.endpoint.owner)
  const { code, out, err } = await run('--data', folder, ...args())
  await shut()
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(words)
  expect(err.trim().split('\n')).toHaveLength(1)
})

test("only its owner may read the endpoint's address, and nobody else guesses it", async () => {
  const shut = await openOwnerEndpoint(folder, database.endpoint.owner)
  const file = join(folder, 'owner-endpoint.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const { url } = JSON.parse(readFileSync(file, 'utf8'))
  const response = await fetch(new URL('/', url), { method: 'POST', body: 'select 1' })
  expect(response.status).toBe(404)
  const owner = await connectToRunning(folder)
  await expect(owner?.('select 1/0')).rejects.toThrow('division by zero')
  await shut()
  expect(await connectToRunning(folder)).toBeUndefined()
})
