/** Input and output schemas of the notebook tools. */

import * as z from 'zod'
import { idempotencyKey } from '../../toolkit/idempotency-key.ts'

const TITLE_MAX_CHARACTERS = 200
const DETAILS_MAX_CHARACTERS = 4_000
const PAGE_MAX_NOTES = 100
const PAGE_DEFAULT_NOTES = 50
const HIGHEST_PRIORITY = 5

const status = z.enum(['pending', 'in_progress', 'completed'])
const priority = z.int().min(1).max(HIGHEST_PRIORITY)
const noteId = z.uuid('must be an id of a note (a UUID)').toLowerCase().describe('Id from `get_tasks`')

export const createTaskInput = z.strictObject({
  title: z.string().trim().min(1).max(TITLE_MAX_CHARACTERS).describe('What it is about, 1 to 200 characters'),
  details: z
    .string()
    .max(DETAILS_MAX_CHARACTERS)
    .optional()
    .describe('The note itself, up to 4,000 characters'),
  priority: priority.default(1).describe('1 (lowest) to 5 (highest)'),
  idempotency_key: idempotencyKey,
})

export const getTasksInput = z.strictObject({
  status: status.optional().describe('Only those in this state'),
  priority: priority.optional().describe('Only those of this priority'),
  text: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('Words, or beginnings of words, all of which must occur'),
  limit: z.int().min(1).max(PAGE_MAX_NOTES).default(PAGE_DEFAULT_NOTES).describe('Notes a page, 1 to 100'),
  cursor: z
    .string()
    .regex(
      /^[1-5]\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      'must be the `next_cursor` of an earlier page',
    )
    .optional()
    .describe('`next_cursor` of the page before'),
})

export const updateTaskStatusInput = z.strictObject({
  note_id: noteId,
  status: status.describe('The new state'),
})

export const noteIdInput = z.strictObject({ note_id: noteId })

export const noteOutput = z.object({
  id: z.string(),
  title: z.string(),
  details: z.string().nullable(),
  status: z.string(),
  priority: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
})

export const deletedNoteOutput = z.object({ id: z.string(), deleted: z.literal(true) })

export type CreateTask = z.output<typeof createTaskInput>
export type GetTasks = z.output<typeof getTasksInput>
export type UpdateTaskStatus = z.output<typeof updateTaskStatusInput>
export type Note = z.output<typeof noteOutput>
