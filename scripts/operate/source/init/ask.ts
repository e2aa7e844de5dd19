/** Sources of answers: a person at a terminal, a file, or nobody. */

import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { parse } from 'yaml'
import * as z from 'zod'
import { Refusal, UsageError } from '../../../cli/cli-error.ts'
import { print } from '../../../cli/terminal.ts'
import type { Choices, Proposal } from './proposal.ts'
import { QUESTIONS, type Question } from './questions.ts'

const names = z.array(z.string().min(1))

/** The format of `--answers`. */
const answers = z.strictObject({
  tenant: z.string().min(1).optional().describe('A column, or none'),
  claim: z.string().min(1).optional().describe('The claim that names the tenant'),
  user: z.string().min(1).optional().describe("TABLE.COLUMN of the token's subject, or none"),
  ways: z.record(z.string(), z.string()).optional().describe('TABLE: COLUMN, where there are two ways'),
  show: names.optional().describe('TABLE.COLUMN of private columns that are shown whole'),
  serve: names.optional().describe('Tables that would be left out'),
  writes: names.optional().describe('Tables that agents may write to'),
})

export async function readAnswers(path: string): Promise<Choices> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`--answers: ${path} cannot be read.`)
  })
  const parsed = answers.safeParse(parseYaml(text, path))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const keys = Object.keys(answers.shape).join(', ')
  throw new Refusal(
    `${path}: ${issue?.path.join('.') || 'the file'} is wrong: ${issue?.message}. It may have ${keys}.`,
  )
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text) ?? {}
  } catch {
    throw new Refusal(`${path} is neither YAML nor JSON.`)
  }
}

/**
 * Answers that name what is not there are refused, since a misspelt one would leave something open or closed.
 */
export function checkAnswers(choices: Choices, proposeWith: (choices: Choices) => Proposal): void {
  const { tables, tenant } = proposeWith({ ...choices, serve: [], writes: [], show: [] })
  if (choices.tenant !== undefined && choices.tenant !== 'none' && tenant === undefined) {
    throw new Refusal(`The answers name the tenant column "${choices.tenant}", which no table has.`)
  }
  const known = new Set(tables.map(({ name }) => name))
  const columns = new Set(
    tables.flatMap(({ name, columns: list }) => list.map((column) => `${name}.${column.name}`)),
  )
  const user = choices.user === undefined || choices.user === 'none' ? [] : [choices.user]
  const strange = [
    ...[...(choices.serve ?? []), ...(choices.writes ?? []), ...Object.keys(choices.ways ?? {})].filter(
      (name) => !known.has(name),
    ),
    ...[...(choices.show ?? []), ...user].filter((name) => !columns.has(name)),
  ]
  if (strange.length > 0) throw new Refusal(`The answers name "${strange[0]}", which is not there.`)
  for (const [name, column] of Object.entries(choices.ways ?? {})) {
    const ways = tables.find((table) => table.name === name)?.ways ?? []
    if (!ways.some((way) => way.column === column)) {
      throw new Refusal(`The answers give ${name} the way ${column}, which is none of its ways.`)
    }
  }
}

/** Asks each question on what the answers before it make of the proposal. */
export async function askAll(proposeWith: (choices: Choices) => Proposal): Promise<Choices> {
  if (!process.stdin.isTTY) {
    throw new Refusal(
      'There is no terminal to ask at: take the proposals with --yes, or give the answers in a file with --answers.',
    )
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    let choices: Choices = {}
    for (const make of QUESTIONS) {
      const question = make(proposeWith(choices))
      if (question === undefined) continue
      choices = { ...choices, ...(await askOne(question, (text) => terminal.question(text))) }
    }
    return choices
  } finally {
    terminal.close()
  }
}

async function askOne(question: Question, ask: (text: string) => Promise<string>): Promise<Choices> {
  print(`\n${question.lines.join('\n')}`)
  for (;;) {
    const answer = (await ask(`${question.ask} [${question.proposal}]: `)).trim()
    if (answer === '') return {}
    const meant = question.read(answer)
    if (typeof meant !== 'string') return meant
    print(meant)
  }
}
