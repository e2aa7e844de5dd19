/** Toolset notebook: a user's notes of things to do, in D1. */

import { pageOutput } from '../../toolkit/page.ts'
import { ADDS, CHANGES, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import {
  createTaskInput,
  deletedNoteOutput,
  getTasksInput,
  noteIdInput,
  noteOutput,
  updateTaskStatusInput,
} from './schema.ts'

const READ = 'notebook:read'
const WRITE = 'notebook:write'

/** Loaded by the first call, together with Drizzle's SQLite dialect. */
const service = () => import('./service.ts')

export const notebook: Toolset = {
  name: 'notebook',
  title: 'Notebook',
  engine: 'd1',
  tools: [
    tool({
      name: 'create_task',
      title: 'Write a note',
      description: "Adds a note of something to do to the user's notebook and returns it.",
      scope: WRITE,
      annotations: ADDS,
      input: createTaskInput,
      output: noteOutput,
      handler: async (input, { connections }) => (await service()).createTask(connections.d1, input),
    }),
    tool({
      name: 'get_tasks',
      title: 'Read the notebook',
      description: "Lists the user's notes, most urgent first.",
      scope: READ,
      annotations: READS,
      input: getTasksInput,
      output: pageOutput,
      handler: async (input, { connections }) => (await service()).getTasks(connections.d1, input),
    }),
    tool({
      name: 'update_task_status',
      title: "Change a note's status",
      description: 'Marks a note as pending, in progress or completed, and returns it.',
      scope: WRITE,
      annotations: CHANGES,
      input: updateTaskStatusInput,
      output: noteOutput,
      handler: async (input, { connections }) => (await service()).updateTaskStatus(connections.d1, input),
    }),
    tool({
      name: 'delete_note',
      title: 'Delete a note',
      description: 'Deletes a note for good. To keep it as done, use `update_task_status`.',
      scope: WRITE,
      annotations: CHANGES,
      input: noteIdInput,
      output: deletedNoteOutput,
      handler: async (input, { connections }) => (await service()).deleteNote(connections.d1, input.note_id),
    }),
  ],
}
