/** `npm run dev` serves what a developer has just saved: shown on a copy of the project. */

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { putEmptyPostgres, startLocal } from '../../support/product/local.ts'
import { copyProject } from '../../support/product/project-copy.ts'

/** Without its examples, which would only take their time. */
async function copyWithoutExamples(): Promise<string> {
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
  for (const example of ['retail', 'tasks']) {
    await rm(join(copy, 'scripts/examples', example, 'seed.ts'), { force: true })
  }
  return copy
}

test('a tool’s new description is listed without a restart', async () => {
  const copy = await copyWithoutExamples()
  await putEmptyPostgres(join(copy, '.rowgate'))
  const local = await startLocal([], {}, { project: copy, command: 'dev' })
  const list = () => local.ask(local.token('alice'), 'tools/list')

  expect(await list()).toContain('Checks whether each database answers')
  const tools = join(copy, 'src/toolsets/system/tools.ts')
  const text = await readFile(tools, 'utf8')
  await writeFile(
    tools,
    text.replace('Checks whether each database answers', 'Tells whether each database answers'),
  )
  await vi.waitFor(async () => expect(await list()).toContain('Tells whether each database answers'), {
    timeout: 30_000,
    interval: 250,
  })
})
