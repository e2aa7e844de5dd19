/** `npm run dev` reads files of SQL tools again with the login of the Worker, which may use views alone. */

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSourceSecrets, workerUrl } from '../../../../scripts/local/source-secrets.ts'
import { reloadSqlTools } from '../../../../scripts/local/watch-sources.ts'
import { sourceFileHash } from '../../../../scripts/operate/source/file-hash.ts'
import { readLockFile } from '../../../../scripts/operate/source/lock-file.ts'
import { declaredSources } from '../../../../scripts/operate/source/source-plan.ts'
import { type ServedDatabase, SOURCE, serveForeignDatabase } from '../../../support/databases/served.ts'
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
