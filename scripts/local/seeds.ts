/** Seeds examples: `scripts/local/seed/<example>.ts` exports `seed`, which is idempotent. */

import { readdir } from 'node:fs/promises'
import { printWarning } from '../cli/terminal.ts'
import { type Owner, PostgresError } from './postgres/backend.ts'

const FOLDER = new URL('./seed/', import.meta.url)

/**
 * Row security may keep an owner without superuser rights from seeding; everything else works without seeds.
 */
export async function runSeeds(owner: Owner, examples: readonly string[]): Promise<void> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort()
  const names = files.filter((name) => examples.includes(name.replace('.ts', '')))
  for (const name of names) {
    const { seed }: { seed(owner: Owner): Promise<string> } = await import(new URL(name, FOLDER).href)
    try {
      await seed(owner)
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error
      printWarning(`scripts/local/seed/${name} seeded nothing: ${error.message}.`)
    }
  }
}
