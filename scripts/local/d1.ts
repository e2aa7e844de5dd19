/**
 * The D1 databases of examples: their bindings, and the migration of the local ones by wrangler's own
 * command.
 */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Refusal } from '../cli/cli-error.ts'
import { QUIET } from './wrangler-env.ts'

const run = promisify(execFile)

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Paths of the wrangler.toml files in which examples declare a D1 database. */
export function d1Configs(examples: readonly string[]): string[] {
  return examples.map((name) => `${ROOT}drizzle/examples/${name}/wrangler.toml`).filter(existsSync)
}

/** The bindings of these files, as wrangler's API takes them. */
export async function d1Bindings(configs: readonly string[]) {
  const { unstable_readConfig } = await import('wrangler')
  const databases = configs.flatMap((config) => unstable_readConfig({ config }).d1_databases)
  return Object.fromEntries(databases.map(({ binding }) => [binding, { type: 'd1' as const }]))
}

/** `persist` is the folder of the Worker's local bindings, in which wrangler keeps a folder per kind. */
export async function applyD1Migrations(configs: readonly string[], persist: string): Promise<void> {
  const env = { ...process.env, ...QUIET }
  for (const config of configs) {
    const args = ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', persist, '--config', config]
    try {
      await run(process.execPath, [`${ROOT}node_modules/wrangler/bin/wrangler.js`, ...args], {
        cwd: ROOT,
        env,
      })
    } catch (error) {
      throw new Refusal(
        `The local D1 could not be migrated: ${error instanceof Error ? error.message : error}`,
      )
    }
  }
}
