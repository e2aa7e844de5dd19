/**
 * `rowgate start`: runs `run.ts` in a process group of its own and leaves no process behind. Ctrl-C asks it to stop and then
 * ends the group, and so does the end of the process that started this one. If this process itself is killed, the other one
 * sees the channel between them close and stops.
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { answerTo } from './ask.ts'

/** How long an orderly stop may take before the group is ended, in milliseconds. */
const PATIENCE_MS = 5_000

/** How often to look whether the parent process is there, in milliseconds: npm's shell dies of a signal and passes none on. */
const LOOK_MS = 500

export interface StartOptions {
  readonly port: number
  readonly directory: string
  readonly postgresUrl: string | undefined
  /** Whether the server of `postgresUrl` gets the examples; the embedded Postgres always has them. */
  readonly examples: boolean
  /** Another name of the Worker's login than `rowgate_<database>`. */
  readonly login: string | undefined
  /** Whether the server of `postgresUrl` may be changed without a question. */
  readonly yes: boolean
  /** Whether the Worker is built again when a file changes. */
  readonly watch: boolean
}

/** Resolves when everything has ended. The options go over the channel: one of them may hold a password, and `ps` shows arguments. */
export async function start(options: StartOptions): Promise<void> {
  const runner = spawn(process.execPath, [fileURLToPath(new URL('./run.ts', import.meta.url))], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exit = new Promise<number>((resolve) => runner.once('exit', (code) => resolve(code ?? 1)))

  function endGroup(): void {
    try {
      if (runner.pid !== undefined) process.kill(-runner.pid, 'SIGKILL')
    } catch {
      // Nobody is left in it.
    }
  }

  function stop(): void {
    if (runner.connected) runner.disconnect()
    setTimeout(endGroup, PATIENCE_MS).unref()
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    stop()
  }, LOOK_MS).unref()

  runner.on('message', (message) => {
    void answerTo(message).then((answer) => answer !== undefined && runner.connected && runner.send(answer))
  })
  runner.send(options)
  process.exitCode = await exit
  endGroup()
}
