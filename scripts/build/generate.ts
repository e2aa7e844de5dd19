/**
 * `npm run db:generate -- --name NAME`: writes the migration that brings Postgres to what the toolsets' tables say, and into
 * it what drizzle-kit cannot know: that each new table has its row security forced and is the Worker's login's to use, and
 * that the rows of a deleted toolset are not to go with it.
 */

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { accessTo } from './grants.ts'
import { withoutDrops } from './keep-tables.ts'

const FOLDER = 'drizzle'

const before = new Set(readdirSync(FOLDER))
const { status, stderr } = spawnSync('drizzle-kit', ['generate', ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'pipe'],
  encoding: 'utf8',
})
process.stderr.write(stderr)
// It ends well even where it would have asked something and nobody is there to answer.
process.exitCode = stderr.startsWith('Error') ? 1 : (status ?? 1)

for (const name of readdirSync(FOLDER)) {
  if (before.has(name) || !name.endsWith('.sql')) continue
  const file = `${FOLDER}/${name}`
  const migration = withoutDrops(readFileSync(file, 'utf8'))
  // drizzle-kit ends no file with a newline, and who appends to one would go on in its last line.
  writeFileSync(file, `${migration}${accessTo(migration)}\n`)
}
