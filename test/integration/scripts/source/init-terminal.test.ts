/** `rowgate init` asks a person at a terminal: a pseudo-terminal of script(1). */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { createForeignDatabase } from '../../../support/databases/foreign.ts'
import { copyProject } from '../../../support/product/project-copy.ts'
import { apartFromPassword, postgres15Missing } from '../../../support/servers/postgres15.ts'

const SCRIPT = '/usr/bin/script'

/** The questions in their order, and what the person types. */
const DIALOGUE: readonly (readonly [asked: RegExp, typed: string])[] = [
  [/Tenant column \[org_id=org_id\]: /, 'nowhere'],
  [/Tenant column \[org_id=org_id\]: /, 'org_id=company'],
  [/Ways \[comments=issue_id\]: /, ''],
  [/Show whole \[none\]: /, 'members.phone'],
  [/Serve as well \[none\]: /, ''],
  [/Writes to \[none\]: /, 'issues'],
]

test.skipIf(postgres15Missing() || !existsSync(SCRIPT))(
  'a wrong answer is asked again, an empty one takes the proposal, and the file has what was answered',
  async () => {
    const database = await createForeignDatabase('fieldwork')
    const copy = copyProject('package.json', 'src', 'scripts', 'drizzle')
    onTestFinished(() => rm(copy, { recursive: true, force: true }))
    const { url, env } = apartFromPassword(database.url)
    const command = `"${process.execPath}" scripts/cli/rowgate.js init "${url}"`
    const terminal = spawn(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], {
      ...{ cwd: copy, env: { ...process.env, ...env } },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void terminal.kill())
    const pending = [...DIALOGUE]
    let unread = ''
    let printed = ''
    terminal.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      unread += chunk.toString()
      const [next] = pending
      if (next === undefined) return
      const [asked, typed] = next
      if (!asked.test(unread)) return
      unread = ''
      pending.shift()
      terminal.stdin.write(`${typed}\r`)
    })
    const code = await new Promise((resolve) => terminal.once('close', resolve))
    expect([code, pending], printed).toEqual([0, []])
    expect(printed).toContain('"nowhere"')
    const [source] = Object.values(parse(await readFile(join(copy, 'rowgate.yaml'), 'utf8')).sources)
    expect(source).toMatchObject({
      identity: { tenant: { claim: 'company', column: 'org_id' } },
      tables: {
        members: { columns: { phone: 'show', email: 'mask(email)' } },
        issues: { rows: 'tenant', allow: expect.arrayContaining(['insert', 'update']) },
      },
    })
  },
)
