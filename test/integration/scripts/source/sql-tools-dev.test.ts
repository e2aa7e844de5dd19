/** `npm run dev` serves a file of an SQL tool that was saved after `up`, and names one that is wrong. */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { putEmptyPostgres, startLocal } from '../../../support/product/local.ts'
import { copyProject } from '../../../support/product/project-copy.ts'
import { runRowgate } from '../../../support/product/script.ts'

test('npm run dev serves a saved file without up', async () => {
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
