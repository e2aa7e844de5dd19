/** The migrations in `drizzle/` and the tables in the code say the same. */

import { readdirSync, readFileSync } from 'node:fs'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { describe, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'))

async function tablesOfEveryToolset(): Promise<Record<string, unknown>> {
  const folders = readdirSync(new URL('src/toolsets/', root), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  const exported: Record<string, unknown> = {}
  for (const { name } of folders) {
    const file = readdirSync(new URL(`src/toolsets/${name}/`, root)).find((entry) => entry === 'tables.ts')
    if (file !== undefined) Object.assign(exported, await import(`../../src/toolsets/${name}/tables.ts`))
  }
  return exported
}

describe('the migrations', () => {
  test('leave drizzle-kit nothing to generate', async () => {
    const journal: { entries: { idx: number }[] } = read('drizzle/meta/_journal.json')
    const last = String(journal.entries.at(-1)?.idx).padStart(4, '0')
    const snapshot = read(`drizzle/meta/${last}_snapshot.json`)
    const now = generateDrizzleJson(await tablesOfEveryToolset(), snapshot.id)
    expect(await generateMigration(snapshot, now)).toEqual([])
  })

  test('are all in the journal, in the order of their names', () => {
    const journal: { entries: { tag: string }[] } = read('drizzle/meta/_journal.json')
    const files = readdirSync(new URL('drizzle/', root))
      .filter((name) => name.endsWith('.sql'))
      .sort()
    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(files)
  })
})
