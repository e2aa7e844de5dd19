/**
 * Asks the user for confirmation. `run.ts` has the question and `start.ts` has the terminal; they talk over
 * IPC.
 */

import { createInterface } from 'node:readline/promises'
import * as z from 'zod'
import { Refusal } from '../cli/cli-error.ts'

const question = z.object({ question: z.string() })
const answer = z.object({ answer: z.enum(['yes', 'no', 'no terminal']) })

type Answer = z.output<typeof answer>['answer']

/** In `run.ts`: returns if the user agrees, and throws a `Refusal` otherwise. */
export async function askParent(text: string): Promise<void> {
  const said = await new Promise<Answer>((resolve) => {
    if (process.send === undefined) return resolve('no terminal')
    process.once('message', (message) => resolve(answer.parse(message).answer))
    process.send({ question: text })
  })
  if (said === 'yes') return
  throw new Refusal(
    said === 'no'
      ? 'Nothing was changed.'
      : 'Nothing was changed: there is no terminal to ask at. Use --yes to agree to the changes listed above.',
  )
}

/** In `start.ts`: asks the question of a message from `run.ts`. Undefined for any other message. */
export async function answerTo(message: unknown): Promise<{ answer: Answer } | undefined> {
  const asked = question.safeParse(message)
  if (!asked.success) return undefined
  if (!process.stdin.isTTY) return { answer: 'no terminal' }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const typed = await terminal.question(`${asked.data.question} [y/N] `)
  terminal.close()
  return { answer: /^y(es)?$/i.test(typed.trim()) ? 'yes' : 'no' }
}
