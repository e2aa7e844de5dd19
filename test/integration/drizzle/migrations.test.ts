/** The migrations of each part of `drizzle/` and the tables in its code say the same. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import {
  generateDrizzleJson,
  generateMigration,
  generateMySQLDrizzleJson,
  generateMySQLMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import { describe, expect, test } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)

/** drizzle-kit's dialects, by the dialect that a part's journal names. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgresql: { json: generateDrizzleJson, difference: generateMigration },
  mysql: { json: generateMySQLDrizzleJson, difference: generateMySQLMigration },
  sqlite: { json: generateSQLiteDrizzleJson, difference: generateSQLiteMigration },
}

interface Dialect {
  // Each dialect's snapshot has a type of its own, which a file that was parsed cannot say.
  json(tables: Record<string, unknown>, previous: string): unknown
  difference(before: never, now: never): Promise<string[]>
}

interface Journal {
  readonly dialect: string
  readonly entries: readonly { readonly tag: string }[]
}

const EXAMPLES = new URL('drizzle/examples/', ROOT)

/** The parts that drizzle-kit writes, each with the folder of the code that its tables are in. */
const PARTS = [
  { part: 'toolsets', code: 'src/toolsets' },
  ...(existsSync(EXAMPLES) ? readdirSync(EXAMPLES) : []).map((name) => ({
    part: `examples/${name}`,
    code: `src/examples/${name}`,
  })),
].filter(({ part, code }) => isThere(`drizzle/${part}/meta/_journal.json`) && isThere(code))

function isThere(path: string): boolean {
  return existsSync(new URL(path, ROOT))
}

function read(path: string) {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'))
}

async function tablesUnder(code: string): Promise<Record<string, unknown>> {
  const files = readdirSync(new URL(`${code}/`, ROOT), { recursive: true, encoding: 'utf8' })
  const exported: Record<string, unknown> = {}
  for (const file of files.filter((name) => /(^|\/)tables\.ts$/.test(name))) {
    const tables: object = await import(new URL(`${code}/${file}`, ROOT).href)
    // Two toolsets may well have a table of the same name, each in an engine of its own.
    for (const [table, value] of Object.entries(tables)) exported[`${file}.${table}`] = value
  }
  return exported
}

describe.each(PARTS)('the migrations of $part', ({ part, code }) => {
  const journal: Journal = read(`drizzle/${part}/meta/_journal.json`)

  test('leave drizzle-kit nothing to generate', async () => {
    const last = journal.entries.at(-1)?.tag.slice(0, 4)
    const snapshot = read(`drizzle/${part}/meta/${last}_snapshot.json`)
    const dialect = DIALECTS[journal.dialect]
    if (dialect === undefined) throw new Error(`${part} is in ${journal.dialect}, which no test knows.`)
    const now = await dialect.json(await tablesUnder(code), snapshot.id)
    expect(await dialect.difference(snapshot as never, now as never)).toEqual([])
  })

  test('are all in the journal, in the order of their names', () => {
    const files = readdirSync(new URL(`drizzle/${part}/`, ROOT)).filter((name) => name.endsWith('.sql'))
    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(files.sort())
  })
})

test('each SQL function is written once, so that its text is what runs', () => {
  const files = readdirSync(new URL('drizzle/', ROOT), { recursive: true, encoding: 'utf8' })
  const names = files
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(new URL(`drizzle/${name}`, ROOT), 'utf8'))
    .flatMap((sql) => [...sql.matchAll(/^\s*create (?:or replace )?(?:function|procedure) ([^\s(]+)/gim)])
    .map(([, name]) => name?.toLowerCase())
  expect(names).toContain('rowgate.enter')
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})
