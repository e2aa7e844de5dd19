/** How a command fails: one sentence on standard error, and an exit code. */

import { inspect } from 'node:util'
import { printError, printWarning } from './terminal.ts'

/** The exit code where the command line cannot be read. */
export const MISUSED = 2

/** A reason that a person can act on, in one sentence; it is printed without a stack trace. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal'
  readonly exitCode: number = 1
}

/** The command line asks for something that there is not. */
export class UsageError extends Refusal {
  override readonly name = 'UsageError'
  override readonly exitCode = MISUSED
}

/** Prints why a command failed, and sets the exit code. `command` is what was run, such as `rowgate start`. */
export function reportFailure(command: string, error: unknown): void {
  process.exitCode = error instanceof Refusal ? error.exitCode : 1
  if (error instanceof Refusal) printError(error.message)
  else if (process.env.DEBUG === 'rowgate') printWarning(inspect(error))
  else printError(`\`${command}\` failed unexpectedly: ${firstLine(error)}. Set DEBUG=rowgate to see where.`)
}

function firstLine(error: unknown): string {
  const said = error instanceof Error ? error.message || error.name : String(error)
  return said.split('\n')[0]?.replace(/\.$/, '') ?? ''
}
