/** Runs a bundle on workerd directly. `wrangler dev` adds a proxy that is slower than what is measured. */

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { type Unstable_Config, unstable_readConfig } from 'wrangler'
import type { Bundle } from './bundle.ts'

export interface RunningWorker {
  readonly port: number
  /** CPU time of the process, user and system, in milliseconds. */
  cpuMs(): Promise<number>
  /** Resident memory of the process, in bytes. */
  residentBytes(): Promise<number>
  stop(): Promise<void>
}

/** Linux counts CPU time in ticks of this many milliseconds (`getconf CLK_TCK` is 100). */
export const TICK_MS = 10
/** In milliseconds: ten times the start on an idle machine. */
const START_LIMIT_MS = 20_000
/** File descriptor on which workerd reports its port. */
const CONTROL_FD = 3

/** workerd's names for the kinds of modules. */
const KINDS: Readonly<Record<string, string>> = { '.wasm': 'wasm', '.bin': 'data', '.mjs': 'esModule' }

/** Starts workerd on a free port of 127.0.0.1, with text bindings, configured like a deployment. */
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
    // The log line per request is written as in a deployment, and discarded.
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
    if (kind === undefined) throw new Error(`The kind of the module ${file} is unknown`)
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

/** JSON's escapes are valid in Cap'n Proto text for ASCII, and settings are ASCII. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

/** Reads the port from workerd's control messages. */
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

/** proc(5): `utime` and `stime` are fields 14 and 15. Field 2, the name in brackets, may contain spaces. */
async function cpuMs(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** proc(5): `VmRSS`, in kB of 1,024 bytes. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
