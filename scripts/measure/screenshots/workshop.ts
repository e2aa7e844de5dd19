/**
 * The example application of `rowgate init --example`, served by a copy of the project in a temporary folder.
 * Each write of a repair needs its user's confirmation.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../check/free-port.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const COPIED = ['package.json', 'wrangler.toml', 'tsconfig.json', 'src', 'scripts', 'web', 'drizzle']
const READY = 'Ctrl-C stops everything.'

/** Written below `repairs:`, since `init` lets nothing be written. */
const WRITES = `      repairs:
        allow: [find, get, insert, update, delete]
        insert: [bike_id, complaint, status, price, received_at]
        update: [complaint, status, price]
        set: { shop_id: tenant }
        confirm: always`

export interface Workshop {
  readonly origin: string
  stop(): Promise<void>
}

/** Where it lies. */
export interface Place {
  /** Arguments of `init`. */
  readonly init: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** `prepare` is given the folder of the copy. */
export async function startWorkshop(
  prepare: (folder: string) => Promise<Place> = async () => ({ init: ['--example'] }),
): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-workshop-'))
  for (const name of COPIED) cpSync(join(PROJECT, name), join(folder, name), { recursive: true })
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  const { init, env } = await prepare(folder)
  const run = (...args: string[]) =>
    spawn(process.execPath, ['scripts/cli/rowgate.js', ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  await printed(run('init', ...init, '--yes'))
  const file = join(folder, 'rowgate.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {6}repairs:$/m, WRITES))
  await printed(run('up', '--yes'))
  const port = await freePort()
  const server = run('start', '--data', join(folder, '.rowgate'), '--port', String(port))
  await printed(server, READY)
  return {
    origin: `http://localhost:${port}`,
    async stop() {
      const end = new Promise((resolve) => server.once('close', resolve))
      server.kill()
      await end
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves when the text is printed, or without one when all is done. */
function printed(child: ChildProcess, text?: string): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (text !== undefined && said.includes(text)) resolve()
    })
    child.once('close', (code) => (code === 0 && text === undefined ? resolve() : reject(new Error(said))))
  })
}
