/** What `npm start` was asked for, or the sentence that says what was wrong with it. */

import { DEFAULT_DIRECTORY } from '../local/directory.ts'
import { readArguments } from './arguments.ts'
import { Refusal } from './cli-error.ts'

const USAGE = '[PORT=8787] npm start [-- --postgres postgres://owner:password@host/database] [--data FOLDER]'
const OPTIONS = {
  data: { type: 'string' },
  postgres: { type: 'string' },
  watch: { type: 'boolean' },
} as const
const DEFAULT_PORT = '8787'
const HIGHEST_PORT = 65_535

export interface StartOptions {
  readonly port: number
  readonly directory: string
  readonly postgresUrl: string | undefined
  /** Whether the Worker is built again when a file changes. */
  readonly watch: boolean
}

export function readStartOptions(args: string[], portText: string = DEFAULT_PORT): StartOptions {
  const port = Number(portText)
  if (!/^\d+$/.test(portText) || port < 1 || port > HIGHEST_PORT) {
    throw new Refusal(`PORT "${portText}" is not a port: it must be a number from 1 to ${HIGHEST_PORT}.`)
  }
  const { data = DEFAULT_DIRECTORY, postgres, watch = false } = readArguments(args, OPTIONS, USAGE)
  if (postgres !== undefined && !/^postgres(ql)?:\/\//.test(postgres)) {
    throw new Refusal('--postgres must be postgres://owner:password@host/database.')
  }
  if (postgres !== undefined && !URL.canParse(postgres)) {
    throw new Refusal('--postgres is not a URL: is a character of the password to be written as a % escape?')
  }
  return { port, directory: data, postgresUrl: postgres, watch }
}
