/**
 * `rowgate start`: runs `run.ts` in its own process group and leaves no process behind. Ctrl-C asks it to
 * stop and then kills the group; so does the end of the parent process. If this process is killed, `run.ts`
 * sees the IPC channel close and stops.
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { answerTo } from './ask.ts'

/** Time for an orderly stop before the group is killed, in milliseconds. */
const PATIENCE_MS = 5_000

/**
 * Poll interval for the parent process, in milliseconds. npm's shell dies of a signal without passing it on.
 */
const LOOK_MS = 500

export interface StartOptions {
  readonly port: number
  readonly directory: string
  readonly postgresUrl: string | undefined
  /** Whether to serve every example, also where there would be none. */
  readonly examples: boolean
  /** Tenant of the printed tokens. */
  readonly tenant: string | undefined
  /** Name of the Worker's login, instead of `rowgate_<database>`. */
  readonly login: string | undefined
  /** Whether to change the server of `postgresUrl` without asking. */
  readonly yes: boolean
  /** Whether to rebuild the Worker when a file changes. */
  readonly watch: boolean
}

/**
 * Resolves when everything has ended. Options go over IPC, because one may contain a password and `ps` shows
 * arguments.
 */
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
      // The group has already ended.
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
