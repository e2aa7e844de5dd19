/**
 * `npm start`: runs `run.ts` in a process group of its own and sees to it that nothing of it stays. Ctrl-C asks it
 * to stop and then ends the group, and so does the end of whoever started this; if this process itself is killed, the
 * other one sees the channel close and stops.
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How long an orderly stop may take before the group is ended, in milliseconds. */
const PATIENCE_MS = 5_000

/** How often it is looked after whoever started this, in milliseconds: npm's shell dies of a signal and passes none on. */
const LOOK_MS = 500

const runner = spawn(
  process.execPath,
  [fileURLToPath(new URL('./run.ts', import.meta.url)), ...process.argv.slice(2)],
  { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
)

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

runner.once('exit', (code) => {
  endGroup()
  process.exitCode = code ?? 1
})
