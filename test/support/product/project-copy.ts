/** A copy of the project in a folder of its own, for tests that change or break its code. Who makes one removes it. */

import { cpSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const PROJECT = join(import.meta.dirname, '../../..')

/** What the linter and the compiler read beside the code. */
export const RULES = [
  'biome.json',
  'lint/zod-namespace.grit',
  'lint/sql-text.grit',
  '.gitignore',
  'package.json',
  'tsconfig.json',
]

export function copyProject(...names: string[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'rowgate-copy-'))
  for (const name of names) cpSync(join(PROJECT, name), join(copy, name), { recursive: true })
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'))
  return copy
}
