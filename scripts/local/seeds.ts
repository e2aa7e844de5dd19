/** Fills the database with examples: every file of `scripts/seed/` exports `seed`, which is safe to run again. */

import { readdir } from 'node:fs/promises'
import type { Owner } from '../postgres/migrations.ts'

const FOLDER = new URL('../seed/', import.meta.url)

/** Gives what each seeder says it put in. */
export async function runSeeds(owner: Owner): Promise<string[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort()
  const said: string[] = []
  for (const name of names) {
    const { seed }: { seed(owner: Owner): Promise<string> } = await import(new URL(name, FOLDER).href)
    said.push(await seed(owner))
  }
  return said
}
