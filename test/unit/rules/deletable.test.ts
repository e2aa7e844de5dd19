/**
 * Deleting a toolset is its folder, its line in the list and the tests that bear its name: shown on a copy
 * from which all of them are deleted, and the examples with their folder.
 */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaints, copyProject, deleteFromList, RULES } from '../../support/product/project-copy.ts'
import { wentWithExamples } from '../../support/skip-without.ts'

let copy: string
let deleted: string[]

beforeAll(() => {
  copy = copyProject(...RULES, 'src', 'scripts', 'test', 'web')
  const toolsets = foldersIn('src/toolsets')
  for (const name of toolsets) rmSync(join(copy, 'src/toolsets', name), { recursive: true })
  deleteFromList(join(copy, 'src/toolsets/index.ts'), toolsets)
  deleted = [...toolsets, ...deleteExamples()]
  const named = new RegExp(`/(${deleted.join('|')})\\b[^/]*\\.test\\.ts$`)
  for (const file of readdirSync(join(copy, 'test'), { recursive: true, encoding: 'utf8' })) {
    if (named.test(`/${file}`)) rmSync(join(copy, 'test', file))
  }
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

function foldersIn(path: string): string[] {
  if (wentWithExamples(path)) return []
  const entries = readdirSync(join(copy, path), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

/** The folder, its line in src/with-examples.ts, and the tests of its tools. */
function deleteExamples(): string[] {
  const names = foldersIn('src/examples')
  rmSync(join(copy, 'src/examples'), { recursive: true, force: true })
  const file = join(copy, 'src/with-examples.ts')
  const left = readFileSync(file, 'utf8').replace(/^import .*examples\/index.*\n/m, '')
  writeFileSync(file, left.replace(', ...examples]', ']'))
  for (const kind of ['unit', 'integration', 'security']) {
    rmSync(join(copy, 'test', kind, 'examples'), { recursive: true, force: true })
  }
  return names
}

test('the types of what is left fit together', () => {
  expect(deleted.length).toBeGreaterThan(2)
  expect(complaints(copy, 'tsc')).toBe('')
})

test('the program lists its commands, and none of a deleted example', () => {
  const help = execFileSync(process.execPath, [join(copy, 'scripts/cli/main.ts'), '--help'], {
    encoding: 'utf8',
  })
  expect(help).toContain('migrate')
  expect(help).not.toMatch(/import netflix|embed/)
})

test('the linter is content with what is left', () => {
  expect(complaints(copy, 'biome', 'lint', '.')).toBe('')
})
