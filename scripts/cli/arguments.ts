/** Reads a command line; what is wrong with it is one sentence and how it should look. */

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Refusal } from './cli-error.ts'

export function readArguments<const O extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: O,
  usage: string,
) {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new Refusal(`${said.split('\n')[0]?.replace(/\.?$/, '.')} Usage: ${usage}`)
  }
}
