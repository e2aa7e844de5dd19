/** Which files are tests, which of them need a process of their own, and which are long. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '..')

export const TESTS = ['test/{unit,integration,security}/**/*.test.ts']

export const ALONE = [
  // Whom to trust is read once a process, and before wrangler is loaded.
  'test/integration/data/tls.test.ts',
  // Measures the process that it runs in.
  'test/unit/sql-guard/parser-memory.test.ts',
]

/** What takes longest, mostly by waiting: it begins first, so that no core is idle while the last file ends. */
export const FIRST = [
  'test/integration/data/tls.test.ts',
  'test/integration/scripts/start.test.ts',
  'test/unit/rules/deletable.test.ts',
  'test/integration/data/postgres/faults.test.ts',
  'test/integration/data/mysql/faults.test.ts',
  'test/security/sql-guard/behind-the-guard.test.ts',
  'test/integration/examples/cache.test.ts',
  'test/integration/scripts/netflix-command.test.ts',
  'test/integration/scripts/reload.test.ts',
  'test/integration/examples/people.test.ts',
]

/** What a person does, with whole programs on a copy of the project: minutes of work for one fact each. */
export const FULL_ONLY = [
  'test/integration/toolsets/new-toolset.test.ts',
  'test/integration/scripts/wrangler-dev.test.ts',
  'test/integration/scripts/soak.test.ts',
  'test/integration/scripts/bench.test.ts',
]

/** What a file has in it of which `npm test` runs a part. */
const IN_PART = /support\/full\.ts|\banyDatabase\b|ROWGATE_TEST_FULL/

/** The files that `npm run test:full` runs: those that `npm test` leaves out, and those of which it runs a part. */
export function longFiles(): string[] {
  const inPart = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && IN_PART.test(readFileSync(join(FOLDER, name), 'utf8')))
    .map((name) => join('test', name))
  return [...FULL_ONLY, ...inPart]
}
