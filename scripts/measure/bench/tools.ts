/**
 * The benchmark's own toolset, added to those of scripts/measure/tasks for a total of forty tools: `echo`,
 * and others that are only listed.
 */

import * as z from 'zod'
import { type Toolset, tool } from '../../../src/toolkit/tool.ts'

export const SCOPE = 'bench:use'

/** Forty with the six tools of `tasks` and `echo`: about as many as a deployment with every engine. */
const RECORDS = 33

const MESSAGE_MAX_CHARACTERS = 1_000
const PAGE_MAX_ROWS = 100

const echoInput = z.strictObject({
  message: z.string().min(1).max(MESSAGE_MAX_CHARACTERS).describe('What to say back, 1 to 1,000 characters'),
  times: z.int().min(1).max(10).default(1).describe('How often, 1 to 10'),
})
const echoOutput = z.object({ message: z.string(), times: z.int() })

/** Schemas of realistic size. Each tool gets its own, as in a real toolset. */
function recordTool(number: number) {
  const input = z.strictObject({
    id: z.uuid().describe(`The record, by its id, in table ${number}`),
    text: z.string().trim().min(1).max(200).optional().describe('Only with this text'),
    status: z.enum(['open', 'closed', 'archived']).default('open').describe('Only in this state'),
    since: z.iso.date().optional().describe('Only changed on this day or later'),
    limit: z.int().min(1).max(PAGE_MAX_ROWS).default(50).describe('Rows a page, 1 to 100'),
  })
  const output = z.object({
    columns: z.array(z.string()),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))).describe('One array a record'),
    row_count: z.int(),
    truncated: z.boolean().describe('true when there are more'),
  })
  return tool({
    name: `find_records_${number}`,
    title: `Find records ${number}`,
    description: `Records of table ${number}, newest first, as columns and rows. Filter by text, status and day.`,
    scope: SCOPE,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    input,
    output,
    handler: async () => ({ columns: ['id', 'text'], rows: [], row_count: 0, truncated: false }),
  })
}

export const bench: Toolset = {
  name: 'bench',
  title: 'Benchmark',
  tools: [
    tool({
      name: 'echo',
      title: 'Echo',
      description: 'Says a message back. It asks no database.',
      scope: SCOPE,
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      input: echoInput,
      output: echoOutput,
      handler: async (input) => input,
    }),
    ...Array.from({ length: RECORDS }, (_, index) => recordTool(index + 1)),
  ],
}
