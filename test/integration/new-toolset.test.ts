/** A toolset is a folder and a line: what the README tells a newcomer to do, done on a copy of the project, `tasks` the pattern. */

import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { absent } from '../support/absent.ts'
import { startLocal } from '../support/local.ts'
import { copyProject, RULES } from '../support/project-copy.ts'

/** Rewrites a file of the copy. */
function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

function renamed(text: string): string {
  return text.replaceAll('task', 'errand').replaceAll('Task', 'Errand')
}

test.skipIf(absent('sql'))(
  'a toolset of one’s own is listed, writes to its table, and shows nobody’s rows to others',
  async () => {
    const copy = copyProject(
      ...RULES,
      'wrangler.toml',
      'drizzle.config.ts',
      'src',
      'scripts',
      'test',
      'drizzle',
    )
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
    const run = (program: string, ...args: string[]) =>
      execFileSync(program, args, { cwd: copy, encoding: 'utf8', stdio: 'pipe' })

    const folder = join(copy, 'src/toolsets/errands')
    cpSync(join(copy, 'src/toolsets/tasks'), folder, { recursive: true })
    for (const file of readdirSync(folder)) edit(join(folder, file), renamed)
    edit(join(copy, 'src/toolsets/index.ts'), (text) =>
      text
        .replace(/^import .*\/tasks\/.*\n/m, (line) => renamed(line) + line)
        .replace(/^ {2}tasks,\n/m, (line) => line + renamed(line)),
    )
    run(process.execPath, 'scripts/generate.ts', '--name', 'errands')
    run('biome', 'lint', 'src')
    run('tsc')

    const local = await startLocal([], {}, copy)
    const call = (user: string, name: string, args: object) =>
      local.ask(local.token(user), 'tools/call', { name, arguments: args })
    expect(await call('alice', 'add_errand', { title: 'Fetch the parcel' })).toContain('"success"')
    expect(await call('alice', 'list_errands', {})).toContain('Fetch the parcel')
    expect(await call('alice', 'query', { sql: 'select title from errands' })).toContain('Fetch the parcel')
    expect(await call('bob', 'list_errands', {})).not.toContain('Fetch the parcel')
    expect(await call('bob', 'query', { sql: 'select title from errands' })).toContain('"row_count":0')
  },
)
