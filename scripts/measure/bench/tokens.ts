/**
 * Tokens that a model reads (counted for OpenAI's models): the list of tools per toolset, and the rows of a
 * query.
 */

import { createHash } from 'node:crypto'
import { encode } from 'gpt-tokenizer'
import * as z from 'zod'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { tsvOf } from '../../../src/toolkit/tsv.ts'
import { toolsets as core } from '../../../src/toolsets/index.ts'
import { toolsets } from '../../../src/with-examples.ts'

/**
 * Greatest allowed numbers of tokens. Every tool is read again on every turn, and a client cuts one server's
 * list at 25,000.
 */
export const TOKEN_LIMITS = { local: 11_500, core: 2_800, rows: 950 } as const

/** Engines that `npm start` serves without a further database. By name, because an engine may be deleted. */
const LOCAL: readonly string[] = ['postgres', 'd1']
const CORE = new Set(core.map(({ name }) => name))
const local = toolsets.filter(({ engine }) => engine === undefined || LOCAL.includes(engine))
const registry = createRegistry(local, new Set(local.flatMap(({ engine }) => engine ?? [])))
const reader = { userId: 'a', tenantId: 'a', clientId: 'a', scopes: new Set(registry.scopes) }

/** A tool as a model is given it: `_meta` is for the client alone. */
const listedTools = z.array(
  z.looseObject({
    description: z.string(),
    inputSchema: z.looseObject({}),
    outputSchema: z.looseObject({}).optional(),
    _meta: z
      .unknown()
      .optional()
      .transform(() => undefined),
  }),
)
type Listed = z.output<typeof listedTools>[number]

/** Tokens of a `tools/list` result, in total and by part. */
export interface ListTokens {
  readonly tools: number
  readonly all: number
  readonly descriptions: number
  readonly inputs: number
  readonly outputs: number
}

export function measureTokens() {
  const names = registry.toolsets.map(({ name }) => name)
  return {
    local: listTokens(names),
    core: listTokens(names.filter((name) => CORE.has(name))),
    toolsets: names.map((name) => [name, listTokens([name])] as const),
    rows: encode(queryText()).length,
  }
}

function listTokens(names: readonly string[]): ListTokens {
  const { listJson } = registry.view(reader, { toolsets: names, sources: undefined, readOnly: false })
  const listed = listedTools.parse(JSON.parse(listJson))
  const sum = (part: (tool: Listed) => string) =>
    listed.reduce((total, tool) => total + encode(part(tool)).length, 0)
  return {
    tools: listed.length,
    all: encode(JSON.stringify(listed)).length,
    descriptions: sum(({ description }) => description),
    inputs: sum(({ inputSchema }) => JSON.stringify(inputSchema)),
    outputs: sum(({ outputSchema = {} }) => JSON.stringify(outputSchema)),
  }
}

/** 20 rows of 4 columns, with values of realistic length. */
function queryText(): string {
  const rows = Array.from({ length: 20 }, (_, row) => {
    const hash = createHash('sha256').update(`row ${row}`).digest('hex')
    const id = [
      hash.slice(0, 8),
      hash.slice(8, 12),
      hash.slice(12, 16),
      hash.slice(16, 20),
      hash.slice(20, 32),
    ]
    const micros = (Number.parseInt(hash.slice(32, 40), 16) % 900_000) + 100_000
    return [id.join('-'), `Task ${row}`, row % 3 === 0, `2026-11-30 12:${10 + row}:07.${micros}+00`]
  })
  const data = {
    columns: ['id', 'title', 'completed', 'created_at'],
    types: ['uuid', 'text', 'boolean', 'timestamp with time zone'],
    rows,
    row_count: rows.length,
    truncated: false,
  }
  return tsvOf(data)
}

export function printTokens(): void {
  const { local, core, toolsets: each, rows } = measureTokens()
  console.log(
    `${'tools/list'.padEnd(14)}${'tools'.padStart(7)}${'tokens'.padStart(8)}   of which descriptions, inputs, outputs`,
  )
  const line = (name: string, { tools, all, descriptions, inputs, outputs }: ListTokens, limit?: number) =>
    console.log(
      `${name.padEnd(14)}${String(tools).padStart(7)}${String(all).padStart(8)}   ${descriptions}, ${inputs}, ${outputs}${verdict(all, limit)}`,
    )
  for (const [name, tokens] of each) line(name, tokens)
  line('core', core, TOKEN_LIMITS.core)
  line('all of them', local, TOKEN_LIMITS.local)
  console.log(`\n20 rows of \`query\`: ${rows} tokens${verdict(rows, TOKEN_LIMITS.rows)}`)
}

function verdict(tokens: number, limit: number | undefined): string {
  if (limit === undefined) return ''
  return tokens <= limit ? ` (at most ${limit})` : ` (MISSED: at most ${limit})`
}
