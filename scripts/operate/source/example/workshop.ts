/** The example application of `rowgate init --example`. */

import { readFile } from 'node:fs/promises'
import type { Owner } from '../../../local/postgres/backend.ts'

/** Its schema, and the name of its source. */
export const WORKSHOP = 'workshop'

/** Makes its tables and rows, unless they are there. */
export async function makeWorkshop(owner: Owner): Promise<void> {
  const { rows } = await owner(`select to_regnamespace('${WORKSHOP}')`)
  if (rows[0]?.[0] !== null) return
  await owner(await readFile(new URL('./workshop.sql', import.meta.url), 'utf8'))
}
