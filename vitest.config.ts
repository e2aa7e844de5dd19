/** Tests: each file starts the servers it needs; they share the machine, and what `test/support/product/shared.ts` makes once. */

import { defineConfig } from 'vitest/config'

/** In milliseconds. Starting a real server on a busy two-core machine is what takes long, never an assertion. */
const PATIENCE_MS = 180_000

export default defineConfig({
  test: {
    include: ['test/{unit,integration,security}/**/*.test.ts'],
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    pool: 'forks',
    // Most of a test's time is waiting for a server, so more files than cores run at once.
    maxWorkers: 3,
    // V8's optimising compiler costs more than it gains for the seconds that a PGlite lives here.
    execArgv: ['--liftoff-only'],
    globalSetup: ['test/support/servers/postgres15.ts', 'test/support/product/shared.ts'],
  },
})
