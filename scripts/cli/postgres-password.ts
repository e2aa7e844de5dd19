/**
 * The password for a Postgres URL on the command line. Every user of the machine can read a command line in
 * `ps`, so a URL with a password is refused. It comes from PGPASSWORD or ~/.pgpass (which the driver reads),
 * or from a prompt.
 */

import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import pg from 'pg'
import { Refusal } from './cli-error.ts'

const CONNECT_LIMIT_MS = 5_000

/** The terminal of the person who runs the command. */
export interface Terminal {
  /** Whether somebody can type here. */
  readonly interactive: boolean
  /** Reads a line without echo. */
  ask(question: string): Promise<string>
}

/**
 * Adds the password to the URL where needed. Prompts only if the server wants a password that is not known;
 * other faults of the server are left for the command to report.
 */
export async function withPassword(option: string, url: string, on: Terminal = terminal): Promise<string> {
  if (!(await wantsPassword(url))) return url
  if (process.env.PGPASSWORD) throw new Refusal(`The server of ${option} refuses the password in PGPASSWORD.`)
  if (!on.interactive) {
    throw new Refusal(
      `The server of ${option} wants a password: set PGPASSWORD, or run the command in a terminal and type it.`,
    )
  }
  const password = await on.ask(`Password of ${new URL(url).username || 'the owner'}: `)
  return Object.assign(new URL(url), { password: encodeURIComponent(password) }).href
}

async function wantsPassword(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return false
  } catch (error) {
    return isPasswordFault(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** 28P01 is a wrong password. Without any password, node-postgres itself fails on the challenge. */
function isPasswordFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.message.startsWith('SASL') || ('code' in error && error.code === '28P01')
}

const terminal: Terminal = {
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  async ask(question) {
    process.stderr.write(question)
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
    try {
      return await lines.question('')
    } finally {
      lines.close()
      process.stderr.write('\n')
    }
  },
}
