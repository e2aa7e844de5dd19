/** Toolset tasks: a personal to-do list. */

import { pageOutput } from '../../toolkit/page.ts'
import { ADDS, CHANGES, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import {
  addTaskInput,
  deletedTaskOutput,
  listTasksInput,
  taskIdInput,
  taskOutput,
  updateTaskInput,
} from './schema.ts'
import { addTask, deleteTask, getTask, listTasks, updateTask } from './service.ts'

const READ = 'tasks:read'
const WRITE = 'tasks:write'

export const tasks: Toolset = {
  name: 'tasks',
  title: 'Tasks',
  engine: 'postgres',
  tables: { [READ]: ['public.tasks'] },
  tools: [
    tool({
      name: 'add_task',
      title: 'Add a task',
      description: "Adds a task to the user's to-do list and returns it.",
      scope: WRITE,
      annotations: ADDS,
      input: addTaskInput,
      output: taskOutput,
      handler: (input, { caller, connections }) => addTask(connections.postgres, caller.userId, input),
    }),
    tool({
      name: 'list_tasks',
      title: 'List tasks',
      description: "Lists the user's tasks, newest first.",
      scope: READ,
      annotations: READS,
      input: listTasksInput,
      output: pageOutput,
      handler: (input, { connections }) => listTasks(connections.postgres, input),
    }),
    tool({
      name: 'get_task',
      title: 'Get a task',
      description: 'Returns one task by its id.',
      scope: READ,
      annotations: READS,
      input: taskIdInput,
      output: taskOutput,
      handler: (input, { connections }) => getTask(connections.postgres, input.task_id),
    }),
    tool({
      name: 'update_task',
      title: 'Change a task',
      description:
        'Changes title, description or completed state of a task and returns it. Fields left out stay.',
      scope: WRITE,
      annotations: CHANGES,
      input: updateTaskInput,
      output: taskOutput,
      handler: (input, { connections }) => updateTask(connections.postgres, input),
    }),
    tool({
      name: 'complete_task',
      title: 'Complete a task',
      description:
        'Marks a task as done and returns it. To open it again use `update_task` with `completed: false`.',
      scope: WRITE,
      annotations: { ...CHANGES, destructiveHint: false },
      input: taskIdInput,
      output: taskOutput,
      handler: (input, { connections }) =>
        updateTask(connections.postgres, { task_id: input.task_id, completed: true }),
    }),
    tool({
      name: 'delete_task',
      title: 'Delete a task',
      description: 'Deletes a task for good. To keep it as done, use `complete_task`.',
      scope: WRITE,
      annotations: CHANGES,
      input: taskIdInput,
      output: deletedTaskOutput,
      handler: (input, { connections }) => deleteTask(connections.postgres, input.task_id),
    }),
  ],
}
