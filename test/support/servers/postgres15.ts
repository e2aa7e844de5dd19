/**
 * A real PostgreSQL 15, for what the embedded one lacks: real logins, timeouts, cancelling. Vitest starts one
 * cluster per run in a temporary directory; every test file asks for its own database.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import pg from 'pg'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { freePort } from '../../../scripts/check/free-port.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser's URL of the cluster; undefined without PostgreSQL 15. */
    postgres15: string | undefined
  }
}

/** Folder of Postgres' programs. */
export const PROGRAMS = process.env.POSTGRES15_BIN ?? '/usr/lib/postgresql/15/bin'

const run = promisify(execFile)

/** Vitest's global setup. The result is the teardown. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const cluster = (await exists(join(PROGRAMS, 'postgres'))) ? await startPostgres15() : undefined
  project.provide('postgres15', cluster?.url)
  return cluster?.stop
}

/** Whether there is no server here, for `describe.skipIf`. With REQUIRE_ENGINES=1 it throws instead. */
export function postgres15Missing(): boolean {
  const missing = inject('postgres15') === undefined
  if (missing && process.env.REQUIRE_ENGINES === '1') {
    throw new Error(`REQUIRE_ENGINES=1, but there is no PostgreSQL 15 in ${PROGRAMS}.`)
  }
  if (missing)
    console.warn(`Skipped: needs PostgreSQL 15 in ${PROGRAMS} (Debian: apt-get install postgresql-15).`)
  return missing
}

/** Creates a database and gives its superuser's URL. It is empty unless `options` name a template. */
export async function createDatabase(options = ''): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const client = await connectToServer()
  try {
    await client.query(`create database ${name} ${options}`)
  } finally {
    await client.end()
  }
  return Object.assign(new URL(serverUrl()), { pathname: `/${name}` }).href
}

/** Connects to the run's server as superuser. */
export async function connectToServer(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  return client
}

function serverUrl(): string {
  const url = inject('postgres15')
  if (url === undefined)
    throw new Error('There is no PostgreSQL 15; guard the test with postgres15Missing().')
  return url
}

/**
 * Splits a URL into one without password, as command lines take it, and the environment with the password.
 */
export function apartFromPassword(url: string): { url: string; env: { PGPASSWORD: string } } {
  const { password } = new URL(url)
  return {
    url: Object.assign(new URL(url), { password: '' }).href,
    env: { PGPASSWORD: decodeURIComponent(password) },
  }
}

export interface Postgres15 {
  /** The superuser's URL. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a separate cluster, for tests that change roles (which belong to the whole cluster) or need settings
 * (`name=value`) that are only read at the start.
 */
export async function startPostgres15(...settings: readonly string[]): Promise<Postgres15> {
  const identity = await unprivileged()
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-postgres15-'))
  const password = randomBytes(16).toString('hex')
  const data = join(directory, 'data')
  await writeFile(join(directory, 'password'), password)
  if (identity !== undefined) {
    await chown(directory, identity.uid, identity.gid)
    await chown(join(directory, 'password'), identity.uid, identity.gid)
  }
  await run(
    join(PROGRAMS, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'].concat([
      '--auth=scram-sha-256',
      `--pwfile=${join(directory, 'password')}`,
    ]),
    { ...identity, cwd: directory },
  )
  const port = await freePort()
  const server = spawn(
    join(PROGRAMS, 'postgres'),
    ['-D', data, '-k', directory, '-h', '127.0.0.1', '-p', String(port)].concat(
      ['fsync=off', 'log_min_messages=log', ...settings].flatMap((setting) => ['-c', setting]),
    ),
    { ...identity, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await ready(server)
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Postgres refuses to run as root. Then it runs as an unprivileged user. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (what: string) => Number((await run('id', [what, 'nobody'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

/** Resolves when the server accepts connections. Rejects with its log if it ends before. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.once('exit', () => reject(new Error(`PostgreSQL 15 did not start:\n${log}`)))
    server.stderr?.on('data', function listen(this: Readable, chunk: Buffer) {
      log += chunk.toString()
      if (!log.includes('ready to accept connections')) return
      // Read and forgotten from here on: errors of hostile statements are megabytes long.
      this.off('data', listen).resume()
      resolve()
    })
  })
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
