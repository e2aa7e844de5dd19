/** Builds Workers like `wrangler deploy --dry-run`, and measures their size and start-up time. */

import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { QUIET } from '../../local/wrangler-env.ts'

const run = promisify(execFile)

/** Folder of wrangler's configuration. */
const ROOT = join(import.meta.dirname, '../../..')

export interface Bundle {
  /** Path of the Worker's main module. */
  readonly main: string
  /** Paths of the modules it imports: WASM, data and drivers, under the names it imports them by. */
  readonly modules: readonly string[]
}

/** Bundles one entry file, minified, into its own directory. */
export async function bundle(entry: string, directory: string): Promise<Bundle> {
  await wrangler('deploy', entry, '--dry-run', '--minify', '--outdir', directory)
  return await builtIn(directory, basename(entry, '.ts'))
}

/** Finds the output of wrangler's build of the entry file `name` in this directory. */
export async function builtIn(directory: string, name: string): Promise<Bundle> {
  const files = await readdir(directory)
  const main = files.find((file) => file === `${name}.js`)
  if (main === undefined) throw new Error(`wrangler built no module for ${name}`)
  const modules = files.filter((file) => /\.(wasm|bin|mjs)$/.test(file))
  return { main: join(directory, main), modules: modules.map((file) => join(directory, file)) }
}

/** Gzipped size in bytes, as counted for an upload. */
export async function gzipBytes(file: string): Promise<number> {
  return gzipSync(await readFile(file)).length
}

/** The file's name without wrangler's hash prefix. */
export function moduleName(file: string): string {
  return basename(file).replace(/^[0-9a-f]{40}-/, '')
}

/**
 * CPU time of each Worker's start-up on this machine, from wrangler's profile, in milliseconds. They take
 * turns; each has the shortest of its `rounds`, because other load only adds to it.
 */
export async function startupMs(
  entries: readonly string[],
  directory: string,
  rounds: number,
): Promise<readonly number[]> {
  const shortest = entries.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    for (const [at, entry] of entries.entries()) {
      const outfile = join(directory, 'startup.cpuprofile')
      const printed = await wrangler('check', 'startup', '--outfile', outfile, '--args', entry)
      const active = /Active: ([\d.]+) ms/.exec(printed)?.[1]
      if (active === undefined) throw new Error('`wrangler check startup` printed no active time')
      shortest[at] = Math.min(shortest[at] ?? Number.NaN, Number(active))
    }
  }
  return shortest
}

async function wrangler(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('wrangler', [...args], { cwd: ROOT, env: { ...process.env, ...QUIET } })
  return stdout
}
