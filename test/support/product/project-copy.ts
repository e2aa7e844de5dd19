/** A temporary copy of the project, for tests that change or break its code. The caller removes it. */

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const PROJECT = join(import.meta.dirname, '../../..')

/** Configuration of the linter and the compiler. */
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

/**
 * Takes these names' imports and entries out of a list such as src/toolsets/index.ts or src/data/engines.ts.
 */
export function deleteFromList(file: string, names: readonly string[]): void {
  const any = names.join('|')
  const imports = new RegExp(`^import .*'\\./(${any})/`)
  const first = `(?<=\\[((${any}), )*)(${any})\\b(, )?`
  const entries = new RegExp(`^ {2}(${any}),$|${first}|, (${any})\\b(?!')`, 'g')
  const left = readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => !imports.test(text))
    .map((text) => text.replace(entries, ''))
  writeFileSync(file, left.join('\n'))
}

/** The program's complaints about a copy; empty if it has none. */
export function complaints(copy: string, program: string, ...args: string[]): string {
  try {
    execFileSync(join(PROJECT, 'node_modules/.bin', program), args, { cwd: copy, stdio: 'pipe' })
    return ''
  } catch (failed) {
    const { stdout } = failed as { stdout: Buffer } // What execFileSync throws when the program exits with an error.
    return stdout.toString() || String(failed)
  }
}
