/**
 * `npm run faults`: the tests of faults between the Worker and Postgres at full length, 1,000 calls for each kind. It takes some
 * two minutes, ends by itself, and sends to 127.0.0.1 only.
 */

import { spawn } from 'node:child_process'

const CALLS = 1_000

const child = spawn('vitest', ['run', 'test/integration/data/postgres/faults.test.ts'], {
  env: { ...process.env, ROWGATE_FAULT_CALLS: String(CALLS) },
  stdio: 'inherit',
  // What npm puts on the path is a script on Windows.
  shell: process.platform === 'win32',
})
child.once('exit', (code) => {
  process.exitCode = code ?? 1
})
