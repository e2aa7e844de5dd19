/** The measurements' own toolset, a to-do list in Postgres: `list_tasks` is what the benchmark calls. */

import * as z from 'zod'
import { clearOf } from '../../../src/toolkit/clear.ts'
import { idempotencyKey } from '../../../src/toolkit/idempotency-key.ts'
import { pageOutput } from '../../../src/toolkit/page.ts'
import { ADDS, CHANGES, READS, type Toolset, tool } from '../../../src/toolkit/tool.ts'
import { addTask, deleteTask, getTask, listTasks, updateTask } from './service.ts'

const READ = 'tasks:read'
const WRITE = 'tasks:write'

const title = z.string().trim().min(1).max(200).describe('What is to be done, 1 to 200 characters')
const description = z.string().max(1_000).describe('More about it, up to 1,000 characters')
const taskId = z.uuid().describe('The task, by the id from `list_tasks`')
const taskInput = z.strictObject({ task_id: taskId })
const taskOutput = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
})

export const tasks: Toolset = {
  name: 'tasks',
  title: 'Tasks',
  engine: 'postgres',
  tools: [
    tool({
      name: 'add_task',
      title: 'Add a task',
      description: "Adds a task to the user's to-do list and returns it.",
      scope: WRITE,
      annotations: ADDS,
      input: z.strictObject({
        title,
        description: description.optional(),
        idempotency_key: idempotencyKey,
      }),
      output: taskOutput,
      handler: (input, { caller, connections }) => addTask(connections.postgres, caller.userId, input),
    }),
    tool({
      name: 'list_tasks',
      title: 'List tasks',
      description: "Lists the user's tasks, newest first.",
      scope: READ,
      annotations: READS,
      input: z.strictObject({
        completed: z.boolean().optional().describe('true: only completed; false: only open'),
        text: z.string().trim().min(1).max(200).optional().describe('Only those with this text'),
        limit: z.int().min(1).max(100).default(50).describe('Tasks a page, 1 to 100'),
        cursor: z.uuid().optional().describe('`next_cursor` of the page before'),
      }),
      output: pageOutput,
      handler: (input, { connections }) => listTasks(connections.postgres, input),
    }),
    tool({
      name: 'get_task',
      title: 'Get a task',
      description: 'Returns one task by its id.',
      scope: READ,
      annotations: READS,
      input: taskInput,
      output: taskOutput,
      handler: (input, { connections }) => getTask(connections.postgres, input.task_id),
    }),
    tool({
      name: 'update_task',
      title: 'Change a task',
      description: 'Changes a task and returns it. Fields left out stay.',
      scope: WRITE,
      annotations: CHANGES,
      input: z.strictObject({
        task_id: taskId,
        title: title.optional(),
        description: description.optional(),
        completed: z.boolean().optional().describe('true when done, false to open it again'),
        clear: clearOf(['description']),
      }),
      output: taskOutput,
      handler: ({ task_id, ...changes }, { connections }) =>
        updateTask(connections.postgres, task_id, changes),
    }),
    tool({
      name: 'complete_task',
      title: 'Complete a task',
      description: 'Marks a task as done and returns it.',
      scope: WRITE,
      annotations: { ...CHANGES, destructiveHint: false },
      input: taskInput,
      output: taskOutput,
      handler: (input, { connections }) =>
        updateTask(connections.postgres, input.task_id, { completed: true }),
    }),
    tool({
      name: 'delete_task',
      title: 'Delete a task',
      description: 'Deletes a task for good. To keep it as done, use `complete_task`.',
      scope: WRITE,
      annotations: CHANGES,
      input: taskInput,
      output: z.object({ id: z.string(), deleted: z.literal(true) }),
      handler: (input, { connections }) => deleteTask(connections.postgres, input.task_id),
    }),
  ],
}
