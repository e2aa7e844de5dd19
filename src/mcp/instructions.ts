/** The `instructions` of the server (2026-07-28, schema, "DiscoverResult.instructions"). */

import type { Services, Source } from '../toolkit/services.ts'
import type { View } from './view.ts'

/** Facts about all tools, instead of repeating them in each tool's description. */
const ABOUT_TOOLS = `Every tool answers { status: "success", data } or { status: "error", error: { code, message, retryable } }; the message says what to change, and only a retryable call is worth sending again unchanged.
Lists are { columns, rows, row_count, truncated }: each row has its values in the order of the columns, and truncated says that there are more rows. The text of a query's result is tab-separated, as COPY writes it.
You work as one signed-in user and see only what is theirs: anything else is NOT_FOUND, or not among the rows.`

/** For the sources and their tables; ABOUT_TOOLS takes the rest of 300. */
const NAMES_MAX_TOKENS = 165
/** Tokens of a name at least: the comma before it. */
const LEAST_TOKENS = 1
/** Letters of a token at least, in what could be a word: every fifth letter is a vowel. */
const LETTERS_OF_TOKEN = 2
const VOWELS_OF_WORD = 1 / 5

const encoder = new TextEncoder()

/** With what each source holds that a caller with these scopes may see. */
export function instructionsFor(
  { sources, scopes }: Pick<View, 'sources' | 'scopes'>,
  { sqlSchemas }: Pick<Services, 'sqlSchemas'>,
): string {
  const share = NAMES_MAX_TOKENS / Math.max(sources.length, 1)
  const held = sources.flatMap((source) => heldBy(source, scopes, sqlSchemas, share) ?? [])
  return [ABOUT_TOOLS, ...held].join('\n')
}

function heldBy(
  { name, lock }: Source,
  scopes: ReadonlySet<string>,
  schemas: readonly string[],
  maxTokens: number,
): string | undefined {
  if (lock === undefined) return listed(`${name}: schemas `, schemas, maxTokens)
  const visible = lock.tables.filter(({ scope }) => scope === undefined || scopes.has(scope))
  return listed(
    `${name}: `,
    visible.map((table) => table.name),
    maxTokens,
  )
}

/** As many names as fit, and how many are left out. Undefined where none fits. */
function listed(start: string, names: readonly string[], maxTokens: number): string | undefined {
  let left = maxTokens - mostTokens(start) - mostTokens(` and ${names.length} more.`)
  const end = names.findIndex((name) => {
    left -= LEAST_TOKENS + mostTokens(name)
    return left < 0
  })
  const fitting = end === -1 ? names : names.slice(0, end)
  if (fitting.length === 0) return undefined
  const more = names.length - fitting.length
  return `${start}${fitting.join(', ')}${more === 0 ? '' : ` and ${more} more`}.`
}

/** An estimate from above: a tokenizer would be larger than the Worker. */
function mostTokens(text: string): number {
  const words = text.match(/[A-Za-z]+/g) ?? []
  const ofWords = words.reduce((sum, word) => {
    const vowels = word.match(/[aeiouy]/gi)?.length ?? 0
    const isWord = vowels >= word.length * VOWELS_OF_WORD
    return sum + (isWord ? Math.ceil(word.length / LETTERS_OF_TOKEN) : word.length)
  }, 0)
  return ofWords + encoder.encode(text.replaceAll(/[A-Za-z]+| (?=[A-Za-z])/g, '')).length
}
