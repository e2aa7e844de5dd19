/** Fills the database with examples: every file of `scripts/local/seed/` exports `seed`, which is safe to run again. */

import { readdir } from 'node:fs/promises'
import { printWarning } from '../cli/terminal.ts'
import { type Owner, PostgresError } from './postgres/backend.ts'

const FOLDER = new URL('./seed/', import.meta.url)

/** An owner who is no superuser may be kept from seeding by row security; the rest works without examples. */
export async function runSeeds(owner: Owner): Promise<void> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort()
  for (const name of names) {
    const { seed }: { seed(owner: Owner): Promise<string> } = await import(new URL(name, FOLDER).href)
    try {
      await seed(owner)
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error
      printWarning(`scripts/local/seed/${name} put nothing in: ${error.message}.`)
    }
  }
}
