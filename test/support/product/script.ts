/** Runs the command-line program in its own process, as a person does. */

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  /** The output so far. */
  readonly printed: () => string
  /** Resolves once `text` is printed. Rejects with the output if the program ends before. */
  readonly says: (text: string) => Promise<void>
  /** Resolves when the program and every process that shares its output have ended. */
  readonly finished: Promise<Finished>
}

/** `project` is the folder of a copy of the project; the default is this project. */
export function runRowgate(
  args: readonly string[],
  env: Record<string, string> = {},
  project = fileURLToPath(new URL('../../..', import.meta.url)),
): Running {
  const child = spawn(process.execPath, [join(project, 'scripts/cli/rowgate.js'), ...args], {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve()
      }
      child.stdout.on('data', look)
      look()
      void finished.then(() => reject(new Error(`The script ended without "${text}":\n${stdout}${stderr}`)))
    })
  return { process: child, printed: () => stdout, says, finished }
}
