/** Asks the person at the terminal before a command changes a database. */

import { createInterface } from 'node:readline/promises'
import { Refusal } from '../../cli/cli-error.ts'

/** Returns if the person agrees. Throws a `Refusal` otherwise, and where there is nobody to ask. */
export async function confirm(question: string): Promise<void> {
  const said = await askTerminal(`${question} [y/N] `)
  if (said === undefined) {
    throw new Refusal(
      'Nothing was changed: there is no terminal to ask at. Use --yes to agree to the changes listed above.',
    )
  }
  if (!/^y(es)?$/i.test(said.trim())) throw new Refusal('Nothing was changed.')
}

/** Undefined where nobody can type. */
async function askTerminal(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
