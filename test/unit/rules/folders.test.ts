/** The tests of a source file are found by its path: the folders of tests are those of what they test. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ALONE, FIRST, FULL_ONLY } from '../../support/files.ts'
import { PROJECT } from '../../support/product/project-copy.ts'
import { wentWithExamples } from '../../support/skip-without.ts'

/** Tested folders beside `src`; `rules` are those that the project has for itself. */
const BESIDE_SRC = ['scripts', 'drizzle', 'web', 'rules']

const KINDS = ['unit', 'integration', 'security'] as const

/** Whether there is such a folder under `src`, or a file that has a folder of tests. */
function isOfSrc(folder: string): boolean {
  return existsSync(join(PROJECT, 'src', folder)) || existsSync(join(PROJECT, 'src', `${folder}.ts`))
}

test.each(KINDS)('each folder of test/%s is one of src, or scripts, drizzle, web or rules', (kind) => {
  const folders = readdirSync(join(PROJECT, 'test', kind), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(PROJECT, 'test', kind).length + 1))
  const strange = folders.filter(
    (folder) => !isOfSrc(folder) && !BESIDE_SRC.includes(folder.split('/')[0] ?? ''),
  )
  expect(folders.length).toBeGreaterThan(2)
  expect(strange).toEqual([])
})

test('no test file lies outside of a folder', () => {
  const loose = KINDS.flatMap((kind) =>
    readdirSync(join(PROJECT, 'test', kind)).filter((name) => name.endsWith('.ts')),
  )
  expect(loose).toEqual([])
})

test.each([...ALONE, ...FIRST, ...FULL_ONLY].filter((file) => !wentWithExamples(file)))(
  '%s, which is run in a way of its own, is there',
  (file) => expect(existsSync(join(PROJECT, file))).toBe(true),
)
