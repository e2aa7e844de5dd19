/**
 * `rowgate generate`: writes the migration from the last schema to the tables of the toolsets. A Postgres
 * migration is completed with what drizzle-kit does not know: row security is forced on each new table, the
 * Worker's login gets its grants, and the tables of a deleted toolset stay.
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
  /** Name of an example. Without it, the tables of your own toolsets. */
  readonly example?: string | undefined
  readonly name?: string | undefined
  /** An empty migration, for SQL written by hand. */
  readonly custom?: boolean | undefined
}

interface Target {
  readonly folder: string
  readonly isPostgres: boolean
  /** Extra arguments for drizzle-kit. */
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
  // drizzle-kit exits with 0 when it needs an answer and stdin is no terminal.
  process.exitCode = stderr.startsWith('Error') ? 1 : (status ?? 1)
  if (target.isPostgres) completeMigrations(target.folder, before)
}

function targetOf({ engine, example }: Pick<GenerateOptions, 'engine' | 'example'>): Target {
  if (example === undefined && engine === 'postgres') {
    return { folder: 'drizzle/toolsets', isPostgres: true, args: [] }
  }
  const folder = example === undefined ? `drizzle/toolsets/${engine}` : `drizzle/examples/${example}`
  // An engine other than Postgres has its own drizzle-kit configuration.
  const config = `${folder}/drizzle.config.ts`
  if (existsSync(ROOT + config)) return { folder, isPostgres: false, args: ['--config', config] }
  const tables = `src/examples/${example}/tables.ts`
  if (!existsSync(ROOT + tables))
    throw new Refusal(`The example has no ${tables}, so there is no migration to write.`)
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

function completeMigrations(folder: string, before: ReadonlySet<string>): void {
  for (const name of migrationsIn(folder)) {
    if (before.has(name)) continue
    const file = `${ROOT}${folder}/${name}`
    const migration = withoutDrops(readFileSync(file, 'utf8'))
    // drizzle-kit writes no final newline. Without one, text appended later would continue its last line.
    writeFileSync(file, `${migration}${accessTo(migration)}\n`)
  }
}
