/**
 * `rowgate faults`: tests faults between the Worker and Postgres at full length, 1,000 calls per kind, by
 * HTTP and by TCP, straight and through a pooler. It takes some twenty minutes, ends by itself, and sends to
 * 127.0.0.1 only.
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CALLS = 1_000

export async function faults(): Promise<void> {
  const child = spawn('vitest', ['run', 'test/integration/data/postgres/faults.test.ts'], {
    // Both ways by TCP, of which the suite runs one.
    env: { ...process.env, ROWGATE_TEST_FULL: '1', ROWGATE_FAULT_CALLS: String(CALLS) },
    cwd: ROOT,
    stdio: 'inherit',
    // On Windows npm installs programs as scripts, which need a shell.
    shell: process.platform === 'win32',
  })
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', (code) => resolve(code ?? 1))
  })
}
