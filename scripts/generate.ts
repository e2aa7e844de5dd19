/**
 * `npm run db:generate -- --name NAME`: writes the migration that brings Postgres to what the toolsets' tables say, and into
 * it what drizzle-kit cannot know: that each new table has its row security forced and is the Worker's login's to use.
 */

import { spawnSync } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { accessTo } from './postgres/access.ts'

const FOLDER = 'drizzle'

const before = new Set(readdirSync(FOLDER))
const { status } = spawnSync('drizzle-kit', ['generate', ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = status ?? 1

for (const name of readdirSync(FOLDER)) {
  if (before.has(name) || !name.endsWith('.sql')) continue
  const file = `${FOLDER}/${name}`
  // drizzle-kit ends no file with a newline, and who appends to one would go on in its last line.
  appendFileSync(file, `${accessTo(readFileSync(file, 'utf8'))}\n`)
}
