/**
 * Deleting an engine is its folder, its line in the list, the examples that need it and the tests that import
 * them: shown on a copy from which all but Postgres are deleted.
 */

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaints, copyProject, deleteFromList, RULES } from '../../support/product/project-copy.ts'
import { wentWithExamples } from '../../support/skip-without.ts'

/** It holds callers' rows, the audit log and the confirmations: there is no Rowgate without it. */
const KEPT = 'postgres'

let copy: string
let engines: string[]
let examples: string[]

beforeAll(() => {
  copy = copyProject(...RULES, 'src', 'scripts', 'test', 'web')
  engines = foldersWith('engine.ts', 'src/data').filter((name) => name !== KEPT)
  examples = foldersWith('tools.ts', 'src/examples').filter((name) => engines.includes(engineOf(name)))
  for (const name of engines) rmSync(join(copy, 'src/data', name), { recursive: true })
  for (const name of examples) rmSync(join(copy, 'src/examples', name), { recursive: true })
  deleteFromList(join(copy, 'src/data/engines.ts'), engines)
  if (examples.length > 0) deleteFromList(join(copy, 'src/examples/index.ts'), examples)
  const tests = join(copy, 'test')
  for (const file of readdirSync(tests, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.test.ts') && isOrphan(join(tests, file))) rmSync(join(tests, file))
  }
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

function foldersWith(file: string, parent: string): string[] {
  if (wentWithExamples(parent)) return []
  return readdirSync(join(copy, parent)).filter((name) => existsSync(join(copy, parent, name, file)))
}

/** The engine that an example's toolset says it needs. */
function engineOf(example: string): string {
  const tools = readFileSync(join(copy, 'src/examples', example, 'tools.ts'), 'utf8')
  return /^ {2}engine: '(\w+)',$/m.exec(tools)?.[1] ?? ''
}

/** Whether the file imports one that has been deleted, or bears the name of an example that has. */
function isOrphan(file: string): boolean {
  if (new RegExp(`/(${examples.join('|')})\\b[^/]*\\.test\\.ts$`).test(file)) return true
  const imports = readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)
  return [...imports].some(([, path = '']) => !existsSync(join(dirname(file), path)))
}

test('the types of what is left fit together', () => {
  expect(engines).toHaveLength(4)
  if (!wentWithExamples('src/examples')) expect(examples.length).toBeGreaterThan(2)
  expect(complaints(copy, 'tsc')).toBe('')
})

test('the linter is content with what is left', () => {
  expect(complaints(copy, 'biome', 'lint', '.')).toBe('')
})
