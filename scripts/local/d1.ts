/** Migrates the local D1 by wrangler's own command. */

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Refusal } from '../cli/cli-error.ts'
import { QUIET } from './wrangler-env.ts'

const run = promisify(execFile)

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** `persist` is the folder of the Worker's local bindings, in which wrangler keeps a folder per kind. */
export async function applyD1Migrations(persist: string): Promise<void> {
  const args = ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', persist]
  const env = { ...process.env, ...QUIET }
  try {
    await run(process.execPath, [`${ROOT}node_modules/wrangler/bin/wrangler.js`, ...args], { cwd: ROOT, env })
  } catch (error) {
    throw new Refusal(`The local D1 could not be migrated: ${error instanceof Error ? error.message : error}`)
  }
}
