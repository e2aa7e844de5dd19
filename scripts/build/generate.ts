/**
 * `rowgate generate`: writes the migration that brings a database to what the toolsets' tables say. Into Postgres' it writes
 * what drizzle-kit cannot know: each new table has its row security forced and is granted to the Worker's login, and the
 * tables of a deleted toolset stay.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Refusal } from '../cli/cli-error.ts'
import { accessTo } from './grants.ts'
import { withoutDrops } from './keep-tables.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface GenerateOptions {
  readonly engine: 'postgres' | 'mysql'
  /** For this example instead of one's own toolsets. */
  readonly example?: string | undefined
  readonly name?: string | undefined
  /** An empty migration, for SQL of one's own. */
  readonly custom?: boolean | undefined
}

interface Target {
  readonly folder: string
  readonly isPostgres: boolean
  /** What drizzle-kit has to be told of it. */
  readonly args: readonly string[]
}

export async function generate({ name, custom, ...options }: GenerateOptions): Promise<void> {
  const target = targetOf(options)
  const before = new Set(migrationsIn(target.folder))
  const named = name === undefined ? [] : ['--name', name]
  const args = ['generate', ...target.args, ...named, ...(custom ? ['--custom'] : [])]
  const { status, stderr } = spawnSync('drizzle-kit', args, {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'pipe'],
    encoding: 'utf8',
  })
  process.stderr.write(stderr)
  // It ends well even where it would have asked something and nobody is there to answer.
  process.exitCode = stderr.startsWith('Error') ? 1 : (status ?? 1)
  if (target.isPostgres) completeMigrations(target.folder, before)
}

function targetOf({ engine, example }: Pick<GenerateOptions, 'engine' | 'example'>): Target {
  if (example === undefined && engine === 'postgres') {
    return { folder: 'drizzle/toolsets', isPostgres: true, args: [] }
  }
  const folder = example === undefined ? `drizzle/toolsets/${engine}` : `drizzle/examples/${example}`
  // Another engine than Postgres has a configuration of its own.
  const config = `${folder}/drizzle.config.ts`
  if (existsSync(ROOT + config)) return { folder, isPostgres: false, args: ['--config', config] }
  const tables = `src/examples/${example}/tables.ts`
  if (!existsSync(ROOT + tables)) throw new Refusal(`There is no ${tables} to write a migration from.`)
  return {
    folder,
    isPostgres: true,
    args: ['--dialect', 'postgresql', '--schema', tables, '--out', folder],
  }
}

function migrationsIn(folder: string): string[] {
  const path = ROOT + folder
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.sql')) : []
}

/** Adds to each new migration what drizzle-kit cannot know. */
function completeMigrations(folder: string, before: ReadonlySet<string>): void {
  for (const name of migrationsIn(folder)) {
    if (before.has(name)) continue
    const file = `${ROOT}${folder}/${name}`
    const migration = withoutDrops(readFileSync(file, 'utf8'))
    // drizzle-kit ends no file with a newline, and what is appended later would go on in its last line.
    writeFileSync(file, `${migration}${accessTo(migration)}\n`)
  }
}
