/**
 * A toolset is a folder and a line: what the README tells a newcomer to do, done on a copy of the project,
 * `tasks` the pattern.
 */

import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startLocal } from '../../support/product/local.ts'
import { copyProject, PROJECT, RULES } from '../../support/product/project-copy.ts'
import { absent } from '../../support/skip-without.ts'

/** Rewrites a file of the copy. */
function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

function renamed(text: string): string {
  return text.replaceAll('task', 'errand').replaceAll('Task', 'Errand')
}

/** The README's statements for tables that were there before, and such a table. */
const CRM = `create schema crm; create table crm.leads (tenant_id text, name text);
  insert into crm.leads values ('default', 'Of our tenant'), ('other', 'Of another');
  ${/^ {4}select rowgate\.protect\('crm(?:.*\n)+?\n/m.exec(readFileSync(join(PROJECT, 'docs/toolsets.md'), 'utf8'))?.[0]}`

test.skipIf(absent('sql'))(
  'a toolset of one’s own is listed, writes to its table, and shows nobody’s rows to others',
  async () => {
    const copy = copyProject(
      ...RULES,
      ...[
        'docs',
        'rowgate.schema.json',
        'wrangler.toml',
        'src',
        'scripts',
        'web',
        'test',
        'drizzle',
        'drizzle.config.ts',
      ],
    )
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
    const { scripts } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'))
    /** Does what `npm run` does, without npm. */
    const npmRun = (name: string, ...more: string[]): string => {
      const [program = '', ...args] = `${scripts[name]}`.split(' ')
      return execFileSync(program, [...args, ...more], { cwd: copy, encoding: 'utf8', stdio: 'pipe' })
    }

    const folder = join(copy, 'src/toolsets/errands')
    cpSync(join(copy, 'src/examples/tasks'), folder, { recursive: true })
    for (const file of readdirSync(folder)) edit(join(folder, file), renamed)
    edit(join(copy, 'src/toolsets/index.ts'), (text) =>
      text
        .replace(/^import { sql }/m, "import { errands } from './errands/tools.ts'\n$&")
        .replace('[sql, ', '[sql, errands, '),
    )
    npmRun('db:generate', '--name', 'errands')
    expect(npmRun('db:generate:mysql')).toContain('No schema changes')
    expect(npmRun('db:generate:d1')).toContain('No schema changes')
    npmRun('db:generate', '--custom', '--name', 'crm')
    const custom = readdirSync(join(copy, 'drizzle/toolsets')).find((name) => name.endsWith('_crm.sql'))
    edit(join(copy, 'drizzle/toolsets', custom ?? 'none'), (text) => text + CRM)
    npmRun('fix')
    npmRun('readme')
    expect(readFileSync(join(copy, 'docs/tools.md'), 'utf8')).toContain('| `add_errand` | errands |')
    execFileSync('tsc', { cwd: copy })
    // The examples would only take their time.
    for (const example of ['retail', 'tasks']) rmSync(join(copy, 'scripts/examples', example, 'seed.ts'))

    const local = await startLocal([], { SQL_SCHEMAS: 'public,crm' }, { project: copy })
    const call = (user: string, name: string, args: object) =>
      local.ask(local.token(user), 'tools/call', { name, arguments: args })
    expect(await call('alice', 'add_errand', { title: 'Fetch the parcel' })).toContain('"success"')
    expect(await call('alice', 'list_errands', {})).toContain('Fetch the parcel')
    expect(await call('alice', 'query', { sql: 'select title from errands' })).toContain('Fetch the parcel')
    expect(await call('bob', 'list_errands', {})).not.toContain('Fetch the parcel')
    expect(await call('bob', 'query', { sql: 'select title from errands' })).toContain('"row_count":0')
    const leads = await call('alice', 'query', { sql: 'select name from leads' })
    expect(leads).toContain('Of our tenant')
    expect(leads).not.toContain('Of another')
  },
)
