/** `npm start` with a data folder of its own, for tests that log in. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../scripts/check/free-port.ts'
import { putEmptyPostgres, READY } from '../product/local.ts'
import { runRowgate } from '../product/script.ts'

export interface StartedLogin extends AsyncDisposable {
  readonly directory: string
  readonly url: URL
  readonly printed: () => string
}

/** A first start fills the database, and the machine may be busy; in milliseconds. */
export const FIRST_START_MS = 400_000

/** With further options of `npm start`, such as a Postgres of its own, whose password is in `env`. */
export async function startForLogin(
  options: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<StartedLogin> {
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-login-'))
  await putEmptyPostgres(directory)
  const port = await freePort()
  const running = runRowgate(['start', '--data', directory, ...options], { ...env, PORT: String(port) })
  await running.says(READY)
  return {
    directory,
    url: new URL(`http://localhost:${port}/mcp`),
    printed: running.printed,
    async [Symbol.asyncDispose]() {
      running.process.kill()
      await running.finished
      await rm(directory, { recursive: true, force: true })
    },
  }
}
