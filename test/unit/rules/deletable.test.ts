/**
 * Deleting a toolset is its folder, its line in the list and the tests that bear its name: shown on a copy
 * from which all but one are deleted.
 */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaints, copyProject, deleteFromList, RULES } from '../../support/product/project-copy.ts'

/** The one that stays: the README's pattern, which the benchmark is measured with. */
const KEPT = 'tasks'

let copy: string
let deleted: string[]

beforeAll(() => {
  copy = copyProject(...RULES, 'src', 'scripts', 'test')
  const lists = ['src/toolsets', 'src/examples'].map((folder) => join(copy, folder))
  deleted = []
  for (const list of lists) {
    for (const entry of readdirSync(list, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === KEPT) continue
      rmSync(join(list, entry.name), { recursive: true })
      deleted.push(entry.name)
    }
  }
  const named = new RegExp(`/(${deleted.join('|')})\\b[^/]*\\.test\\.ts$`)
  for (const file of readdirSync(join(copy, 'test'), { recursive: true, encoding: 'utf8' })) {
    if (named.test(`/${file}`)) rmSync(join(copy, 'test', file))
  }
  for (const list of lists) {
    const file = join(list, 'index.ts')
    deleteFromList(file, deleted)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/ = \[.*\.\.\.examples.*\]/, ' = [...examples]'))
  }
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('the types of what is left fit together', () => {
  expect(deleted.length).toBeGreaterThan(5)
  expect(complaints(copy, 'tsc')).toBe('')
})

test('the linter is content with what is left', () => {
  expect(complaints(copy, 'biome', 'lint', '.')).toBe('')
})
