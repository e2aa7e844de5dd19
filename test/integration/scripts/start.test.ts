/** `npm start` and `npm run token`, run as a person runs them. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { decodeJwt } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { type Local, startLocal } from '../../support/product/local.ts'
import { type Running, runRowgate } from '../../support/product/script.ts'
import { apartFromPassword, postgres15Missing, startPostgres15 } from '../../support/servers/postgres15.ts'
import { absent } from '../../support/skip-without.ts'

const execute = promisify(execFile)

let directory: string
let port: number
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rowgate-start-'))
  port = await freePort()
})
afterAll(() => rm(directory, { recursive: true, force: true }))

function start(args: string[] = [], env: Record<string, string> = {}): Promise<Local> {
  return startLocal(['--data', directory, ...args], { PORT: String(port), ...env })
}

/** The ids of the processes that `npm start` has begun: those of its runner's group. */
async function group({ process: { pid } }: Running): Promise<() => Promise<string[]>> {
  const list = async () => {
    const { stdout } = await execute('ps', ['-eo', 'pid=,ppid=,pgid=,stat='])
    const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
    return rows.filter(([, , , state]) => !state?.startsWith('Z'))
  }
  const runner = (await list()).find(([, parent]) => parent === String(pid))?.[0]
  return async () => (await list()).filter(([, , leader]) => leader === runner).map(([id = '']) => id)
}

function call({ ask }: Local, token: string, name: string, args: unknown = {}): Promise<string> {
  return ask(token, 'tools/call', { name, arguments: args })
}

const MY_TABLE = `create schema crm; create table crm.leads (tenant_id text, name text);
  insert into crm.leads values ('default', 'Of our tenant'), ('other', 'Of another')`

/** The README's statement for the owner of such a table. */
const README_STATEMENTS =
  /^ {4}select rowgate\.protect\('crm(?:.*\n)+?\n/m.exec(
    readFileSync(new URL('../../../docs/toolsets.md', import.meta.url), 'utf8'),
  )?.[0] ?? ''

async function asOwner(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

test.skipIf(absent('tasks'))(
  'a first start serves, its data outlive it, and nothing of it stays behind',
  async () => {
    const first = await start()
    const processes = await group(first.running)
    expect((await processes()).length).toBeGreaterThan(1)
    expect(first.running.printed()).toContain(`http://localhost:${port}/mcp`)
    expect(first.running.printed()).toContain(directory)

    const pasted = /^curl .*$/m.exec(first.running.printed())?.[0] ?? ''
    const { stdout } = await execute('sh', ['-c', pasted])
    expect(stdout).toContain('"status":"success"')
    expect(stdout).toContain('Water the plants')
    expect(await call(first, first.token('bob'), 'list_tasks')).not.toContain('Water the plants')

    const made = await runRowgate(['token', '--user', 'carol', '--data', directory]).finished
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(await call(first, made.stdout.trim(), 'add_task', { title: 'Outlive the process' })).toContain(
      '"success"',
    )

    const second = await runRowgate(['start', '--data', directory], { PORT: String(await freePort()) })
      .finished
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(/^\S+ is in use by another `npm start`: .*\.\n$/)

    first.running.process.kill('SIGINT')
    expect((await first.running.finished).code).toBe(0)
    expect(await processes()).toEqual([])

    const again = await start()
    const left = await group(again.running)
    expect(await call(again, made.stdout.trim(), 'list_tasks')).toContain('Outlive the process')
    again.running.process.kill('SIGKILL')
    await again.running.finished
    expect(await left()).toEqual([])
  },
)

test('nothing goes on without the shell that npm starts it with, and to be stopped early is no failure', async () => {
  const args = [
    '-c',
    '"$0" scripts/cli/rowgate.js start --data "$1"; exit',
    process.execPath,
    join(directory, 'left'),
  ]
  const shell = spawn('sh', args, {
    env: { ...process.env, PORT: String(await freePort()) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints = text(shell.stderr)
  await once(shell.stdout, 'data')
  shell.kill('SIGKILL')
  // Its output stays open for as long as somebody could still write to it.
  expect(await complaints).toBe('')
})

test.skipIf(postgres15Missing() || absent('sql', 'tasks'))(
  '--postgres serves from a real server, and what the README says of tables that are there already is so',
  async () => {
    const server = await startPostgres15()
    onTestFinished(() => server.stop())
    const { url, env } = apartFromPassword(server.url)
    const served = await start(['--postgres', url, '--examples', '--yes'], {
      ...env,
      SQL_SCHEMAS: 'public,crm',
    })
    const alice = served.token('alice')
    expect(await call(served, alice, 'list_tasks')).toContain('Water the plants')
    expect(await call(served, served.token('bob'), 'list_tasks')).toContain('Buy bread')

    await asOwner(server.url, MY_TABLE, README_STATEMENTS)
    const leads = await call(served, alice, 'query', { sql: 'select name from leads' })
    expect(leads).toContain('Of our tenant')
    expect(leads).not.toContain('Of another')
  },
)

test.skipIf(absent('tasks')).each(['identity-key', 'login-password', 'issuer.json'])(
  '%s is readable by its owner only',
  async (name) => {
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
  },
)

test('a taken port is one sentence and exit code 1', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void other.close())
  const refused = await runRowgate(['start', '--data', directory], { PORT: String(port) }).finished
  expect(refused).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} is taken: stop what listens there, or choose another with PORT=9000.\n`,
  })
})

test('a server of --postgres that is not there is one sentence and exit code 1', async () => {
  const args = ['--data', join(directory, 'other'), '--postgres', 'postgres://me@127.0.0.1:1/x']
  const refused = await runRowgate(['start', ...args], { PORT: String(port) }).finished
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^The server of --postgres cannot be used: [^\n]+\.\n$/)
})

test('npm run token prints only a token, with what was asked for', async () => {
  const args = ['--user', 'al ice', '--scopes', ' sql:read ', '--ttl', '15m', '--tenant', 'acme']
  const made = await runRowgate(['token', '--data', directory, ...args]).finished
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const { iat = 0, exp = 0, ...claims } = decodeJwt(made.stdout.trim())
  expect(claims).toMatchObject({ sub: 'al ice', scope: 'sql:read', tenant: 'acme' })
  expect(exp - iat).toBe(900)
})

test('npm run token without a user is one sentence and exit code 2', async () => {
  const refused = await runRowgate(['token', '--data', directory]).finished
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toMatch(/^--user [^\n]+\n$/)
})
