/** A question to the person at the terminal. `start.ts` has the terminal, and `run.ts`, which has the question, has not. */

import { createInterface } from 'node:readline/promises'
import * as z from 'zod'
import { Refusal } from '../cli/cli-error.ts'

const question = z.object({ question: z.string() })
const answer = z.object({ answer: z.enum(['yes', 'no', 'no terminal']) })

type Answer = z.output<typeof answer>['answer']

/** In `run.ts`: returns when the person has said yes, and refuses otherwise. */
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
      : 'Nothing was changed: there is no terminal to ask at. Say --yes to agree to what is listed above.',
  )
}

/** In `start.ts`: what the person answers to a message of `run.ts` that holds a question. */
export async function answerTo(message: unknown): Promise<{ answer: Answer } | undefined> {
  const asked = question.safeParse(message)
  if (!asked.success) return undefined
  if (!process.stdin.isTTY) return { answer: 'no terminal' }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const typed = await terminal.question(`${asked.data.question} [y/N] `)
  terminal.close()
  return { answer: /^y(es)?$/i.test(typed.trim()) ? 'yes' : 'no' }
}
