/**
 * Test projects. Files in a worker share modules; `test/support` starts what all files share, once per run.
 */

import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { ALONE, FIRST, FULL_ONLY, longFiles, TESTS } from './test/support/files.ts'

/** In milliseconds. Starting a real server on a busy two-core machine takes long, not the assertions. */
const PATIENCE_MS = 180_000

const options = {
  testTimeout: PATIENCE_MS,
  hookTimeout: PATIENCE_MS,
  pool: 'forks' as const,
  // PGlite's WebAssembly lives for seconds: V8's optimising compiler costs more than it gains.
  execArgv: ['--liftoff-only'],
}

const full = process.env.ROWGATE_TEST_FULL === '1'
const long = longFiles()
const alone = full ? ALONE.filter((file) => long.includes(file)) : ALONE
const together = full ? long : TESTS
const leftOut = full ? [] : FULL_ONLY

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turn = ({ moduleId }: TestSpecification) => {
      const index = FIRST.findIndex((file) => moduleId.endsWith(file))
      return index < 0 ? FIRST.length : index
    }
    return (await super.sort(files)).sort((one, other) => turn(one) - turn(other))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Tests mostly wait for a server, so more files than cores run at once.
    maxWorkers: 3,
    globalSetup: ['test/support/servers/postgres15.ts', 'test/support/product/shared.ts'],
    projects: [
      { test: { ...options, name: 'alone', include: alone, exclude: leftOut } },
      {
        test: {
          ...options,
          name: 'together',
          include: together,
          exclude: [...ALONE, ...leftOut],
          // Workers load the product, wrangler and the clients once, not once for each of a hundred files.
          isolate: false,
        },
      },
    ],
  },
})
