/** Lists of test files: all, those that need a process of their own, and those of `npm run test:full`. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '..')

export const TESTS = ['test/{unit,integration,security}/**/*.test.ts']

export const ALONE = [
  // Needs its own process: trusted certificates are read once per process, before wrangler loads.
  'test/integration/data/tls.test.ts',
  'test/integration/data/postgres/tls.test.ts',
  // Measures its own process.
  'test/unit/sql-guard/parser-memory.test.ts',
]

/** The slowest files, which mostly wait. They start first, so that no core is idle during the last one. */
export const FIRST = [
  'test/integration/data/tls.test.ts',
  'test/integration/scripts/start.test.ts',
  'test/integration/data/postgres/faults.test.ts',
  'test/integration/scripts/migrate.test.ts',
  'test/security/sql-guard/behind-the-guard.test.ts',
  'test/integration/data/postgres/audit/first.test.ts',
  'test/security/scripts/npm-start.test.ts',
  'test/integration/sql-guard/pages.test.ts',
  'test/integration/scripts/source/up-down.test.ts',
  'test/integration/data/mysql/faults.test.ts',
  'test/integration/examples/cache.test.ts',
  'test/integration/scripts/netflix-command.test.ts',
  'test/integration/examples/people.test.ts',
]

/** Whole programs, or a copy of the project: minutes of work for one fact each. */
export const FULL_ONLY = [
  'test/unit/rules/deletable.test.ts',
  'test/unit/rules/deletable-engines.test.ts',
  'test/integration/scripts/reload.test.ts',
  'test/integration/scripts/foreign-database.test.ts',
  'test/integration/toolsets/new-toolset.test.ts',
  'test/integration/scripts/wrangler-dev.test.ts',
  'test/integration/scripts/source/three-commands.test.ts',
  'test/integration/scripts/source/sql-tools-dev.test.ts',
  'test/integration/http/authorization-server/sdk-clients.test.ts',
  'test/integration/http/authorization-server/programs.test.ts',
  'test/integration/http/auth/openid-provider.test.ts',
  'test/integration/scripts/soak.test.ts',
  'test/integration/scripts/source/up-many-tables.test.ts',
  'test/integration/scripts/bench.test.ts',
  'test/integration/web/approvals.test.ts',
  'test/integration/web/hostile.test.ts',
]

/** Matches files of which `npm test` runs a part. */
const IN_PART = /support\/full\.ts|\banyDatabase\b|ROWGATE_TEST_FULL/

/** The files of `npm run test:full`: those that `npm test` leaves out, and those that it runs in part. */
export function longFiles(): string[] {
  const inPart = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && IN_PART.test(readFileSync(join(FOLDER, name), 'utf8')))
    .map((name) => join('test', name))
  return [...FULL_ONLY, ...inPart]
}
