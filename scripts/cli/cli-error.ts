/** Failure of a command: one sentence on standard error, and an exit code. */

import { inspect } from 'node:util'
import { printError, printWarning } from './terminal.ts'

/** Exit code for an invalid command line. */
export const MISUSED = 2

/** An error the user can act on. Its message is one sentence and is printed without a stack trace. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal'
  readonly exitCode: number = 1
}

/** The command line names something that does not exist, or is invalid. */
export class UsageError extends Refusal {
  override readonly name = 'UsageError'
  override readonly exitCode = MISUSED
}

/**
 * Prints why a command failed and sets the exit code. `command` is the full name, such as `rowgate start`.
 */
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
