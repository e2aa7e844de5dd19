/** Deleting a toolset is its folder, its line in the list and the tests that bear its name: shown on a copy from which all but one are deleted. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyProject, PROJECT, RULES } from '../support/project-copy.ts'

/** The one that stays: the README's pattern, which the benchmark is measured with. */
const KEPT = 'tasks'

let copy: string
let deleted: string[]

beforeAll(() => {
  copy = copyProject(...RULES, 'src', 'scripts', 'test')
  const toolsets = join(copy, 'src/toolsets')
  const folders = readdirSync(toolsets, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  deleted = folders.map(({ name }) => name).filter((name) => name !== KEPT)
  for (const name of deleted) rmSync(join(toolsets, name), { recursive: true })
  const named = new RegExp(`/(${deleted.join('|')})\\b[^/]*\\.test\\.ts$`)
  for (const file of readdirSync(join(copy, 'test'), { recursive: true, encoding: 'utf8' })) {
    if (named.test(`/${file}`)) rmSync(join(copy, 'test', file))
  }
  const list = join(toolsets, 'index.ts')
  const line = new RegExp(`^import .*'\\./(${deleted.join('|')})/|^ {2}(${deleted.join('|')}),$`)
  const left = readFileSync(list, 'utf8')
    .split('\n')
    .filter((text) => !line.test(text))
  writeFileSync(list, left.join('\n'))
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
