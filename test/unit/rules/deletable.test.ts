/** Deleting a toolset is its folder, its line in the list and the tests that bear its name: shown on a copy from which all but one are deleted. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyProject, PROJECT, RULES } from '../../support/product/project-copy.ts'

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
  const names = deleted.join('|')
  for (const list of lists) {
    const file = join(list, 'index.ts')
    const left = readFileSync(file, 'utf8')
      .split('\n')
      .filter((text) => !new RegExp(`^import .*'\\./(${names})/|^ {2}(${names}),$`).test(text))
      .join('\n')
      .replace(/ = \[.*\.\.\.examples.*\]/, ' = [...examples]')
    writeFileSync(file, left)
  }
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** What the program says where it is not content. */
function complaints(program: string, ...args: string[]): string {
  try {
    execFileSync(join(PROJECT, 'node_modules/.bin', program), args, { cwd: copy, stdio: 'pipe' })
    return ''
  } catch (failed) {
    const { stdout } = failed as { stdout: Buffer } // What execFileSync throws when the program exits with an error.
    return stdout.toString() || String(failed)
  }
}

test('the types of what is left fit together', () => {
  expect(deleted.length).toBeGreaterThan(5)
  expect(complaints('tsc')).toBe('')
})

test('the linter is content with what is left', () => {
  expect(complaints('biome', 'lint', '.')).toBe('')
})
