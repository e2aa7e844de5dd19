/**
 * `rowgate faults`: the tests of faults between the Worker and Postgres at full length, 1,000 calls for each kind. It takes some
 * two minutes, ends by itself, and sends to 127.0.0.1 only.
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CALLS = 1_000

export async function faults(): Promise<void> {
  const child = spawn('vitest', ['run', 'test/integration/data/postgres/faults.test.ts'], {
    env: { ...process.env, ROWGATE_FAULT_CALLS: String(CALLS) },
    cwd: ROOT,
    stdio: 'inherit',
    // What npm puts on the path is a script on Windows.
    shell: process.platform === 'win32',
  })
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1))
  })
}
