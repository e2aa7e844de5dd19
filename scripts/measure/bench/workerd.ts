/** Runs a bundle on workerd itself: `wrangler dev` would put a proxy in between that is slower than what is measured. */

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { type Unstable_Config, unstable_readConfig } from 'wrangler'
import type { Bundle } from './bundle.ts'

export interface RunningWorker {
  readonly port: number
  /** CPU time that the process has used, user and system, in milliseconds. */
  cpuMs(): Promise<number>
  /** Memory that the process has in use, in bytes. */
  residentBytes(): Promise<number>
  stop(): Promise<void>
}

/** Linux counts CPU time in ticks of this length (`getconf CLK_TCK` is 100), in milliseconds. */
const TICK_MS = 10
/** In milliseconds. It takes a tenth of this on a machine at rest. */
const START_LIMIT_MS = 20_000
/** The descriptor on which workerd says which port it took. */
const CONTROL_FD = 3

/** workerd's names for what a bundle has beside its main module. */
const KINDS: Readonly<Record<string, string>> = { '.wasm': 'wasm', '.bin': 'data', '.mjs': 'esModule' }

/** Starts workerd on a free port of 127.0.0.1 with text bindings, as `wrangler deploy` would set the Worker up. */
export async function startWorker(
  { main, modules }: Bundle,
  variables: Readonly<Record<string, string>>,
  v8Flags: readonly string[] = [],
): Promise<RunningWorker> {
  const settings = unstable_readConfig({ config: 'wrangler.toml' })
  const configPath = join(dirname(main), `config-${randomUUID()}.capnp`)
  await writeFile(
    configPath,
    config(
      basename(main),
      modules.map((file) => basename(file)),
      variables,
      settings,
      v8Flags,
    ),
  )
  const child = spawn('workerd', ['serve', configPath, `--control-fd=${CONTROL_FD}`], {
    // Rowgate's line a request is written, as a deployment does, and read by nobody.
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  const kill = () => void child.kill()
  process.once('exit', kill)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async () => {
    process.off('exit', kill)
    kill()
    await exited
  }
  try {
    return {
      port: await listening(child.stdio[CONTROL_FD] as Readable, exited),
      cpuMs: () => cpuMs(child.pid),
      residentBytes: () => residentBytes(child.pid),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function config(
  main: string,
  modules: readonly string[],
  variables: Readonly<Record<string, string>>,
  settings: Unstable_Config,
  v8Flags: readonly string[],
): string {
  const beside = modules.map((file) => {
    const kind = KINDS[extname(file)]
    if (kind === undefined) throw new Error(`workerd is not told what kind of module ${file} is`)
    return `, (name = ${quoted(`./${file}`)}, ${kind} = embed ${quoted(file)})`
  })
  const bindings = Object.entries(variables).map(
    ([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`,
  )
  const flags = settings.compatibility_flags.map(quoted)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
  v8Flags = [${v8Flags.map(quoted).join(', ')}],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${quoted(main)})${beside.join('')}],
  compatibilityDate = ${quoted(settings.compatibility_date ?? '')},
  compatibilityFlags = [${flags.join(', ')}],
  bindings = [${bindings.join(', ')}],
);
`
}

/** JSON's escapes are all Cap'n Proto's too, for the ASCII that settings are made of. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

/** The port, from workerd's own message. */
function listening(control: Readable, exited: Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('workerd did not start in time')), START_LIMIT_MS)
    let said = ''
    control.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const port = /"event":"listen","socket":"http","port":(\d+)/.exec(said)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve(Number(port))
    })
    void exited.then(() => {
      clearTimeout(timer)
      reject(new Error('workerd ended before it listened'))
    })
  })
}

/** proc(5): `utime` and `stime` are the 14th and 15th fields; the 2nd, the name in brackets, may hold spaces. */
async function cpuMs(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** proc(5): `VmRSS` in kB of 1,024 bytes. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
