/**
 * `npm test`: format, lint, types, dead code and conformance, then the tests. `npm run test:full`: the long
 * tests, and whole matrices of which `npm test` runs a part. `--all` is both. Each ends with one line of
 * counts.
 */

import { type SpawnOptions, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const INHERIT: SpawnOptions = { stdio: 'inherit' }

/**
 * Gives whether it exited with 0. Piped output is printed at the end, so that two runs at a time stay
 * readable.
 */
async function run(command: string, args: readonly string[], options = INHERIT): Promise<boolean> {
  const child = spawn(command, args, options)
  const printed: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(chunk))
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null)).once('close', resolve)
  })
  process.stdout.write(Buffer.concat(printed))
  return code === 0
}

async function vitest(env: NodeJS.ProcessEnv = process.env): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-test-'))
  const file = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const green = await run('vitest', ['run', ...reporters], { ...INHERIT, env })
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    const skipped = Number(report.numPendingTests)
    // REQUIRE_ENGINES=1 says that every server is there, so a skipped test is a failure.
    const failed = Number(report.numFailedTests) + (process.env.REQUIRE_ENGINES === '1' ? skipped : 0)
    return {
      passed: Number(report.numPassedTests),
      // A file that fails to load has no failed test, but is a failure.
      failed: green ? failed : Math.max(failed, 1),
      skipped,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A step that passes or fails as a whole counts as one. */
function step(green: boolean): Counts {
  return { passed: green ? 1 : 0, failed: green ? 0 : 1, skipped: 0 }
}

async function usual(): Promise<Counts[]> {
  // In parallel, because either alone leaves one of two cores mostly idle.
  const steps = [
    run('npm', ['run', '--silent', 'check']),
    run('npm', ['run', '--silent', 'conformance'], { stdio: 'pipe' }),
  ]
  return [...(await Promise.all(steps)).map(step), await vitest()]
}

/** The list is in test/support/files.ts. */
async function full(): Promise<Counts[]> {
  return [await vitest({ ...process.env, ROWGATE_TEST_FULL: '1' })]
}

const all = process.argv.includes('--all')
const counts = [
  ...(all || !process.argv.includes('--full') ? await usual() : []),
  ...(all || process.argv.includes('--full') ? await full() : []),
]
const sum = (of: keyof Counts) => counts.reduce((before, each) => before + each[of], 0)
const total: Counts = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
)
process.exitCode = total.failed === 0 ? 0 : 1
