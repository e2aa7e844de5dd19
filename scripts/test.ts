/** `npm test`: format, lint, types and dead code, then every test, then conformance; ends with one line of counts. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0
}

function vitest(): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-test-'))
  const file = join(folder, 'report.json')
  const green = run('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`)
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    const skipped = Number(report.numPendingTests)
    // Where every server is said to be there, nothing has a reason to be left out.
    const failed = Number(report.numFailedTests) + (process.env.REQUIRE_ENGINES === '1' ? skipped : 0)
    return {
      passed: Number(report.numPassedTests),
      // A file that does not even load has no failed test, and is a failure all the same.
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

const total: Counts = { passed: 0, failed: 0, skipped: 0 }
for (const part of [
  () => step(run('npm', 'run', '--silent', 'check')),
  vitest,
  () => step(run('npm', 'run', '--silent', 'conformance')),
]) {
  const counts = part()
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
}
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
)
process.exitCode = total.failed === 0 ? 0 : 1
