/** Runs the official suite for one revision and parses its output. */

import { spawn } from 'node:child_process'

export interface Verdict {
  readonly revision: string
  /** Scenarios that the revision requires of a server. */
  readonly required: number
  readonly passed: number
  /** Failures that are listed in the expected-failures file. */
  readonly expected: readonly string[]
  /** Passed scenarios that the suite does not score. */
  readonly passedUnscored: readonly string[]
  /** The suite's verdict: no unexpected failure, and no expected failure that passed. */
  readonly green: boolean
  readonly output: string
}

export async function runSuite(
  url: URL,
  revision: string,
  expectedFailures: string,
  resultsFolder: string,
): Promise<Verdict> {
  const where = ['--url', url.href, '--output-dir', resultsFolder]
  const what = ['--requirements', revision, '--expected-failures', expectedFailures]
  const required = await requiredOfServers(revision)
  const { output, code } = await run('conformance', ['server', ...where, ...what])
  const summary = output.slice(Math.max(output.indexOf('=== SUMMARY ==='), 0))
  const expected = [...summary.matchAll(/^ {2}~ (\S+)$/gm)].map(([, name = '']) => name)
  const passing = [...summary.matchAll(/^✓ (\S+): [1-9]\d* passed/gm)].map(([, name = '']) => name)
  const passed = passing.filter((name) => required.has(name) && !expected.includes(name))
  return {
    revision,
    required: required.size,
    passed: passed.length,
    expected,
    passedUnscored: passing.filter((name) => !required.has(name) && !expected.includes(name)),
    green: code === 0 && required.size > 0 && passed.length + expected.length === required.size,
    output,
  }
}

/** The names listed under the heading of the server's scenarios. */
async function requiredOfServers(revision: string): Promise<ReadonlySet<string>> {
  const { output } = await run('conformance', ['list', '--server', '--requirements', revision])
  const list = /^Server scenarios.*\n((?: {2}- \S+.*\n)+)/m.exec(output)?.[1] ?? ''
  return new Set([...list.matchAll(/^ {2}- (\S+)/gm)].map(([, name = '']) => name))
}

function run(command: string, args: readonly string[]): Promise<{ output: string; code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const gather = (chunk: string) => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', gather)
    child.stderr.setEncoding('utf8').on('data', gather)
    child.once('error', reject)
    child.once('close', (code) => resolve({ output, code }))
  })
}
