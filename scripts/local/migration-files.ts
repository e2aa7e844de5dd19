/** The SQL files under `drizzle/`, in the order of their application: core, your toolsets, the examples. */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const DRIZZLE = new URL('../../drizzle/', import.meta.url)

/** The first file of core, which creates its tables. */
export const CORE_TABLES = 'migrations/0000_tables.sql'

export interface MigrationFile {
  /** `core`, `toolsets`, or `examples/<name>`. */
  readonly part: string
  /** Path below the part, such as `migrations/0000_tables.sql`. */
  readonly name: string
  readonly sql: string
  /** SHA-256 of `sql`, in hex. */
  readonly hash: string
}

/** A function is created again whenever its text changes; a migration is applied once. */
export function isFunction({ name }: MigrationFile): boolean {
  return name.startsWith('functions/')
}

/** Order: core's tables, the functions that use them, the migrations that use the functions. */
export function coreFiles(): MigrationFile[] {
  const [tables, ...later] = readFiles('core', 'migrations/')
  return [...(tables === undefined ? [] : [tables]), ...readFiles('core', 'functions/'), ...later]
}

export function toolsetFiles(): MigrationFile[] {
  return readFiles('toolsets')
}

/** For the example's own engine; see `exampleNames`. */
export function exampleFiles(name: string): MigrationFile[] {
  const part = `examples/${name}`
  return [...readFiles(part), ...readFiles(part, 'functions/')]
}

/** Names of the examples with tables in this engine, of all or of a list. */
export function exampleNames(dialect: 'postgresql' | 'mysql', among?: readonly string[]): string[] {
  const folder = new URL('examples/', DRIZZLE)
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.filter((name) => {
    if (among?.includes(name) === false) return false
    const journal = new URL(`examples/${name}/meta/_journal.json`, DRIZZLE)
    return existsSync(journal) && JSON.parse(readFileSync(journal, 'utf8')).dialect === dialect
  })
}

/** The files of `drizzle/<part>/<folder>`, sorted by name; empty if the folder does not exist. */
export function readFiles(part: string, folder = ''): MigrationFile[] {
  const directory = new URL(`${part}/${folder}`, DRIZZLE)
  if (!existsSync(directory)) return []
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  return names.map((name) => {
    const sql = readFileSync(new URL(name, directory), 'utf8')
    return { part, name: folder + name, sql, hash: createHash('sha256').update(sql).digest('hex') }
  })
}
