/** Input and output schemas of `list_activity`. */

import * as z from 'zod'
import { cell, pageOutput } from '../../toolkit/page.ts'

const PAGE_MAX_ROWS = 200
const PAGE_DEFAULT_ROWS = 50
/** The maximum length of a token's `sub`. */
const MAX_NAME_CHARACTERS = 255

const name = z.string().min(1).max(MAX_NAME_CHARACTERS)
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-21T09:00:00Z' })

export const listActivityInput = z.strictObject({
  user: name.optional().describe('Only calls of this user; others need `audit:read`'),
  tool: name.optional().describe('Only calls of this tool'),
  outcome: name
    .optional()
    .describe(
      '`success`, `error` (any failure), an error code such as `CONFLICT`, or `begun` (a write without an end)',
    ),
  target: name.optional().describe('Only calls that changed or named this row: `table/key` or an id'),
  request_id: name.optional().describe('Only calls of this request'),
  since: time.optional().describe('Only calls from this time on (ISO 8601)'),
  until: time.optional().describe('Only calls before this time (ISO 8601)'),
  limit: z.int().min(1).max(PAGE_MAX_ROWS).default(PAGE_DEFAULT_ROWS).describe('Calls a page, 1 to 200'),
  cursor: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/, 'must be the `next_cursor` of an earlier page')
    .optional()
    .describe('`next_cursor` of the page before'),
})

/** `targets` is the one column that is a list. */
export const activityPageOutput = pageOutput.extend({
  rows: z.array(z.array(z.union([cell, z.array(z.string())]))),
})

export type ListActivity = z.output<typeof listActivityInput>
export type ActivityPage = z.output<typeof activityPageOutput>
