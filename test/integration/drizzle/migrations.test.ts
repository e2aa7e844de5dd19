/** The migrations in `drizzle/` and the tables in the code say the same, of every table that the code still has. */

import { readdirSync, readFileSync } from 'node:fs'
import {
  generateDrizzleJson,
  generateMigration,
  generateMySQLDrizzleJson,
  generateMySQLMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import { describe, expect, test } from 'vitest'

const root = new URL('../../../', import.meta.url)
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'))

async function tablesOfEveryToolset(): Promise<Record<string, unknown>> {
  const folders = ['toolsets', 'examples'].flatMap((kind) =>
    readdirSync(new URL(`src/${kind}/`, root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ kind, name })),
  )
  const exported: Record<string, unknown> = {}
  for (const { kind, name } of folders) {
    const file = readdirSync(new URL(`src/${kind}/${name}/`, root)).find((entry) => entry === 'tables.ts')
    if (file === undefined) continue
    const tables: object = await import(`../../../src/${kind}/${name}/tables.ts`)
    // Two toolsets may well have a table of the same name, each in an engine of its own.
    for (const [table, value] of Object.entries(tables)) exported[`${name}.${table}`] = value
  }
  return exported
}

interface Snapshot {
  readonly tables: Readonly<Record<string, unknown>>
  readonly schemas?: Readonly<Record<string, unknown>>
}

/** Without the tables of a toolset that was deleted: rows are not dropped because code is. */
function without(before: Snapshot, now: Snapshot): Snapshot {
  const kept = (all: object, names: object) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => name in names))
  return {
    ...before,
    tables: kept(before.tables, now.tables),
    ...(before.schemas && { schemas: kept(before.schemas, now.schemas ?? {}) }),
  }
}

// Each engine's snapshot has a type of its own, which a file that was parsed cannot say.
const ENGINES = [
  { engine: 'Postgres', folder: 'drizzle', json: generateDrizzleJson, difference: generateMigration },
  {
    engine: 'MySQL',
    folder: 'drizzle/mysql',
    json: generateMySQLDrizzleJson,
    difference: generateMySQLMigration,
  },
  {
    engine: 'D1',
    folder: 'drizzle/d1',
    json: generateSQLiteDrizzleJson,
    difference: generateSQLiteMigration,
  },
] as const

describe.each(ENGINES)('the migrations of $engine', ({ folder, json, difference }) => {
  test('leave drizzle-kit nothing to generate', async () => {
    const journal: { entries: { idx: number }[] } = read(`${folder}/meta/_journal.json`)
    const last = String(journal.entries.at(-1)?.idx).padStart(4, '0')
    const snapshot = read(`${folder}/meta/${last}_snapshot.json`)
    const now = await json(await tablesOfEveryToolset(), snapshot.id)
    expect(await difference(without(snapshot, now) as never, now as never)).toEqual([])
  })

  test('are all in the journal, in the order of their names', () => {
    const journal: { entries: { tag: string }[] } = read(`${folder}/meta/_journal.json`)
    const files = readdirSync(new URL(`${folder}/`, root))
      .filter((name) => name.endsWith('.sql'))
      .sort()
    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(files)
  })
})
