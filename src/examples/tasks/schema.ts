/** Input and output schemas of the tasks tools. */

import * as z from 'zod'
import { CLEARED_AND_GIVEN, clearOf, isClearedOrGiven } from '../../toolkit/clear.ts'
import { idempotencyKey } from '../../toolkit/idempotency-key.ts'

export const TITLE_MAX_CHARACTERS = 200
export const DESCRIPTION_MAX_CHARACTERS = 1_000
export const PAGE_MAX_TASKS = 100
const PAGE_DEFAULT_TASKS = 50

const title = z
  .string()
  .trim()
  .min(1, 'must hold 1 to 200 characters after trimming')
  .max(TITLE_MAX_CHARACTERS, 'must hold 1 to 200 characters after trimming')
  .describe('What is to be done, 1 to 200 characters')
const description = z
  .string()
  .max(DESCRIPTION_MAX_CHARACTERS, 'may hold up to 1,000 characters')
  .describe('More about it, up to 1,000 characters')
const taskId = z.uuid('must be a task id (a UUID)').describe('Id from `list_tasks`')

export const addTaskInput = z.strictObject({
  title,
  description: description.optional(),
  idempotency_key: idempotencyKey,
})

export const listTasksInput = z.strictObject({
  completed: z.boolean().optional().describe('true: only completed; false: only open'),
  text: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('Only those with this text in title or description'),
  limit: z.int().min(1).max(PAGE_MAX_TASKS).default(PAGE_DEFAULT_TASKS).describe('Tasks a page, 1 to 100'),
  cursor: z
    .uuid('must be the `next_cursor` of an earlier page')
    .optional()
    .describe('`next_cursor` of the page before'),
})

export const taskIdInput = z.strictObject({ task_id: taskId })

export const updateTaskInput = z
  .strictObject({
    task_id: taskId,
    title: title.optional(),
    description: description.optional(),
    completed: z.boolean().optional().describe('true when done, false to open it again'),
    clear: clearOf(['description']),
  })
  .refine(
    ({ title, description, completed, clear = [] }) =>
      title !== undefined || description !== undefined || completed !== undefined || clear.length > 0,
    'must change at least one of title, description, completed, or name a field in `clear`',
  )
  .refine(isClearedOrGiven, CLEARED_AND_GIVEN)

export const taskOutput = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
})

export const deletedTaskOutput = z.object({ id: z.string(), deleted: z.literal(true) })

export type AddTask = z.output<typeof addTaskInput>
export type ListTasks = z.output<typeof listTasksInput>
export type UpdateTask = z.output<typeof updateTaskInput>
export type Task = z.output<typeof taskOutput>
