/**
 * `npm run db:generate -- --name NAME`: writes the migration that brings Postgres to what the toolsets' tables say, and adds
 * what drizzle-kit cannot know: that each new table has its row security forced and is the Worker's login's to use, and
 * that the rows of a deleted toolset are not to go with it. With `--example NAME` it does so for one of the examples.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { accessTo } from './grants.ts'
import { withoutDrops } from './keep-tables.ts'

const { folder, args } = readTarget(process.argv.slice(2))

/** Where the migrations go, and what drizzle-kit needs to be told for it. */
function readTarget([option, name = '', ...rest]: string[]): { folder: string; args: string[] } {
  if (option !== '--example') return { folder: 'drizzle/toolsets', args: process.argv.slice(2) }
  const folder = `drizzle/examples/${name}`
  // An example in another engine than Postgres has a configuration of its own.
  const own = `${folder}/drizzle.config.ts`
  if (existsSync(own)) return { folder, args: ['--config', own, ...rest] }
  const tables = `src/examples/${name}/tables.ts`
  return { folder, args: ['--dialect', 'postgresql', '--schema', tables, '--out', folder, ...rest] }
}

const migrations = () =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sql')) : []

const before = new Set(migrations())
const { status, stderr } = spawnSync('drizzle-kit', ['generate', ...args], {
  stdio: ['inherit', 'inherit', 'pipe'],
  encoding: 'utf8',
})
process.stderr.write(stderr)
// It ends well even where it would have asked something and nobody is there to answer.
process.exitCode = stderr.startsWith('Error') ? 1 : (status ?? 1)

const isPostgres = !existsSync(`${folder}/drizzle.config.ts`)
for (const name of migrations()) {
  if (before.has(name) || !isPostgres) continue
  const file = `${folder}/${name}`
  const migration = withoutDrops(readFileSync(file, 'utf8'))
  // drizzle-kit ends no file with a newline, and who appends to one would go on in its last line.
  writeFileSync(file, `${migration}${accessTo(migration)}\n`)
}
