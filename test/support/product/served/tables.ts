/** The measurements' to-do list, which stands in for the example `tasks`. */

import { readFile } from 'node:fs/promises'
import type { Owner } from '../../../../scripts/local/postgres/backend.ts'
import { hasTasks } from './toolsets.ts'

const TABLE = new URL('../../../../scripts/measure/tasks/table.sql', import.meta.url)

export async function makeTasksTable(owner: Owner): Promise<void> {
  await owner(await readFile(TABLE, 'utf8'))
}

/** Makes it where the example was deleted. */
export async function makeStandInTable(owner: Owner): Promise<void> {
  if (!hasTasks) await makeTasksTable(owner)
}
