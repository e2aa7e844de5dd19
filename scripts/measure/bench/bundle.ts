/** Builds Workers as `wrangler deploy` would, without deploying, and weighs them. */

import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { QUIET } from '../../local/wrangler-env.ts'

const run = promisify(execFile)

/** Where wrangler finds its configuration. */
const ROOT = join(import.meta.dirname, '../../..')

export interface Bundle {
  /** The Worker's own module. */
  readonly main: string
  /** What it imports beside it: WASM, data and drivers, by the names it imports them by. */
  readonly modules: readonly string[]
}

/** Bundles one entry file, minified, into a directory of its own. */
export async function bundle(entry: string, directory: string): Promise<Bundle> {
  await wrangler('deploy', entry, '--dry-run', '--minify', '--outdir', directory)
  return await builtIn(directory, basename(entry, '.ts'))
}

/** What wrangler built into this directory of an entry file of this name. */
export async function builtIn(directory: string, name: string): Promise<Bundle> {
  const files = await readdir(directory)
  const main = files.find((file) => file === `${name}.js`)
  if (main === undefined) throw new Error(`wrangler built no module for ${name}`)
  const modules = files.filter((file) => /\.(wasm|bin|mjs)$/.test(file))
  return { main: join(directory, main), modules: modules.map((file) => join(directory, file)) }
}

/** Size in bytes, gzipped as an upload is. */
export async function gzipBytes(file: string): Promise<number> {
  return gzipSync(await readFile(file)).length
}

/** The file's own name, without the hash that wrangler puts before it. */
export function moduleName(file: string): string {
  return basename(file).replace(/^[0-9a-f]{40}-/, '')
}

/**
 * The Worker's start-up on this machine, in milliseconds of work, as wrangler profiles it: the shortest of so many, since
 * what else the machine does only ever adds to it.
 */
export async function startupMs(directory: string, rounds: number): Promise<number> {
  const measured: number[] = []
  for (let round = 0; round < rounds; round++) {
    const printed = await wrangler('check', 'startup', '--outfile', join(directory, 'startup.cpuprofile'))
    const active = /Active: ([\d.]+) ms/.exec(printed)?.[1]
    if (active === undefined) throw new Error('`wrangler check startup` printed no active time')
    measured.push(Number(active))
  }
  return Math.min(...measured)
}

async function wrangler(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('wrangler', [...args], { cwd: ROOT, env: { ...process.env, ...QUIET } })
  return stdout
}
