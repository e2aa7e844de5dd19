/** `npm run dev` reads files of SQL tools again with the login of the Worker, which may use views alone. */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { findSourceSecrets, workerUrl } from '../../../../scripts/local/source-secrets.ts'
import { reloadSqlTools } from '../../../../scripts/local/watch-sources.ts'
import { sourceFileHash } from '../../../../scripts/operate/source/file-hash.ts'
import { readLockFile } from '../../../../scripts/operate/source/lock-file.ts'
import { declaredSources } from '../../../../scripts/operate/source/source-plan.ts'
import { type ServedDatabase, SOURCE, serveForeignDatabase } from '../../../support/databases/served.ts'
import { putEmptyPostgres, startLocal } from '../../../support/product/local.ts'
import { copyProject } from '../../../support/product/project-copy.ts'
import { runRowgate } from '../../../support/product/script.ts'
import { postgres15Missing } from '../../../support/servers/postgres15.ts'

const BLOCKED = `-- description: Issues of a status
-- param status: The status
-- param me from claim.badge:
select id, status, due, :me as me from issues where status = :status order by id`

const NOT_WRITABLE = `-- description: Adds one
-- writes: true
-- param title text: The title
insert into issues (title) values (:title) returning id`

describe.skipIf(postgres15Missing())('files of SQL tools that change after up', () => {
  let served: ServedDatabase
  beforeAll(async () => {
    served = await serveForeignDatabase('fieldwork', {
      edit: (text) => text.replace(/^( *)tables:/m, '$1tools: tools/*.sql\n$1tables:'),
    })
  })
  afterAll(() => served.close())

  test('their types are Postgres’ own again, the lock fits the files, and a wrong one is named', async () => {
    const folder = join(dirname(served.places.file), 'tools')
    await mkdir(folder)
    await writeFile(join(folder, 'of_status.sql'), BLOCKED)
    await writeFile(
      join(folder, 'wrong.sql'),
      '-- description: Reads what is not there\nselect salery from issues',
    )
    await writeFile(join(folder, 'closed.sql'), NOT_WRITABLE)
    const [source] = await declaredSources(served.places)
    const secrets = await findSourceSecrets(served.places.directory, SOURCE)
    const url = secrets && workerUrl(secrets)
    if (source === undefined || url === undefined) throw new Error('The source was not made.')

    expect(await reloadSqlTools(source, url)).toEqual([
      'SQL tools of app: of_status.',
      expect.stringMatching(/tools\/closed\.sql:4: `issues` does not allow insert/),
      expect.stringMatching(/tools\/wrong\.sql:2: column "salery" does not exist/),
    ])
    const lock = (await readLockFile(source.lockPath))?.sources[SOURCE]
    expect(lock?.tools).toMatchObject([
      {
        name: 'of_status',
        parameters: [{ type: 'issue_status' }, { type: 'text', from: 'claim.badge' }],
        columns: [{ type: 'bigint' }, { type: 'issue_status' }, { type: 'date' }, { type: 'text' }],
      },
    ])
    expect(lock?.claims).toEqual(['badge'])
    expect(lock?.tables).toEqual(source.previous?.tables)
    expect(lock?.fileHash).toBe(sourceFileHash(source.file, source.root))
  })
})

/** Minutes for one fact: only in `npm run test:full`. */
test.runIf(process.env.ROWGATE_TEST_FULL)('npm run dev serves a saved file without up', async () => {
  const copy = copyProject(
    'package.json',
    'wrangler.toml',
    'tsconfig.json',
    'src',
    'scripts',
    'web',
    'drizzle',
  )
  onTestFinished(() => rm(copy, { recursive: true, force: true }))
  await putEmptyPostgres(join(copy, '.rowgate'))
  expect(await runRowgate(['init', '--example', '--yes'], {}, copy).finished).toMatchObject({ code: 0 })
  const file = join(copy, 'rowgate.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace(/^( *)tables:/m, '$1tools: rowgate/*.sql\n$1tables:'))
  expect(await runRowgate(['up', '--yes'], {}, copy).finished).toMatchObject({ code: 0 })
  const local = await startLocal([], {}, { project: copy, command: 'dev' })
  const list = () => local.ask(local.token('alice'), 'tools/list')

  expect(await list()).not.toContain('repairs_by_status')
  await mkdir(join(copy, 'rowgate'))
  const tool =
    '-- description: Repairs by status\nselect status, count(*) as repairs from repairs group by status'
  await writeFile(join(copy, 'rowgate/repairs_by_status.sql'), tool)
  const waiting = { timeout: 30_000, interval: 250 }
  await vi.waitFor(async () => expect(await list()).toContain('repairs_by_status'), waiting)
  await writeFile(join(copy, 'rowgate/wrong.sql'), '-- description: Wrong\n\nselect colour from repairs')
  await local.running.says('SQL tool left out: rowgate/wrong.sql:3: column "colour" does not exist.')
  const call = { name: 'repairs_by_status', arguments: {} }
  expect(await local.ask(local.token('alice'), 'tools/call', call)).toContain('in progress')
})
