/** Seeds examples: `scripts/examples/<example>/seed.ts` exports `seed`, which is idempotent. */

import { existsSync } from 'node:fs'
import { printWarning } from '../cli/terminal.ts'
import { type Owner, PostgresError } from './postgres/backend.ts'

const FOLDER = new URL('../examples/', import.meta.url)

/**
 * Row security may keep an owner without superuser rights from seeding; everything else works without seeds.
 */
export async function runSeeds(owner: Owner, examples: readonly string[]): Promise<void> {
  for (const name of examples.toSorted()) {
    const file = new URL(`${name}/seed.ts`, FOLDER)
    if (!existsSync(file)) continue
    const { seed }: { seed(owner: Owner): Promise<string> } = await import(file.href)
    try {
      await seed(owner)
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error
      printWarning(`scripts/examples/${name}/seed.ts seeded nothing: ${error.message}.`)
    }
  }
}
