/** Plain `wrangler dev`, with the settings that the README tells a developer to put into `.dev.vars`. */

import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { QUIET } from '../../../scripts/local/wrangler-env.ts'
import { askLocal } from '../../support/product/local.ts'
import { copyProject } from '../../support/product/project-copy.ts'
import { runRowgate } from '../../support/product/script.ts'
import { startDatabase } from '../../support/servers/databases.ts'
import { SOON_MS } from '../../support/timeouts.ts'

/** The example, its values replaced; a variable that is commented out there is set all the same. */
function devVars(example: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((text, [name, value]) => {
    expect(text).toContain(`${name}=`)
    return text.replace(new RegExp(`^(# )?${name}=.*$`, 'm'), () => `${name}='${value}'`)
  }, example)
}

test('wrangler dev serves from .dev.vars; once the database is gone, the answer says what to start', async () => {
  const copy = copyProject(
    'package.json',
    'wrangler.toml',
    'tsconfig.json',
    'src',
    'scripts',
    'web',
    '.dev.vars.example',
  )
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
  const database = await startDatabase()
  const token = async (...args: string[]) =>
    (await runRowgate(['token', '--data', join(copy, 'data'), ...args]).finished).stdout.trim()
  const example = readFileSync(join(copy, '.dev.vars.example'), 'utf8')
  const vars = devVars(example.replace(/^(PUBLIC_URL|AUTH_ISSUER)=.*\n/gm, ''), {
    ENVIRONMENT: 'development',
    DATABASE_URL: database.settings.databaseUrl,
    DATABASE_FETCH_ENDPOINT: database.endpoint.url,
    IDENTITY_KEY: database.settings.identityKey,
    LOCAL_JWKS: await token('--jwks'),
  })
  writeFileSync(join(copy, '.dev.vars'), vars)
  const alice = await token('--user', 'alice')

  const port = String(await freePort())
  const wrangler = spawn('wrangler', ['dev', '--port', port, '--ip', '127.0.0.1'], {
    cwd: copy,
    env: { ...process.env, ...QUIET },
    stdio: 'ignore',
    detached: true,
  })
  onTestFinished(async () => {
    const ended = new Promise((resolve) => wrangler.once('exit', resolve))
    if (wrangler.pid !== undefined) process.kill(-wrangler.pid)
    await ended
  })
  const list = () => askLocal(port, alice, 'tools/call', { name: 'query', arguments: { sql: 'select 1' } })
  await vi.waitFor(list, { timeout: SOON_MS * 10, interval: 250 })
  expect(await list()).toContain('"status":"success"')
  await database.close()
  expect(await list()).toContain('The database cannot be reached. `npm start` starts one')
})
