/**
 * A real PostgreSQL 15 of the machine's own, for what the embedded one cannot show: real logins, timeouts, cancelling.
 * Vitest starts one cluster per run, in a directory made for it; every test file asks for a database of its own.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { freePort } from './free-port.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster's superuser URL, or nothing where the machine has no PostgreSQL 15. */
    postgres15: string | undefined
  }
}

/** Where Postgres' programs are. */
export const PROGRAMS = process.env.POSTGRES15_BIN ?? '/usr/lib/postgresql/15/bin'

const run = promisify(execFile)

/** Vitest's global setup; what it returns is the teardown. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const cluster = (await exists(join(PROGRAMS, 'postgres'))) ? await startPostgres15() : undefined
  project.provide('postgres15', cluster?.url)
  return cluster?.stop
}

/** Why there is no server here, for `describe.skipIf`; with REQUIRE_ENGINES=1 a missing server is a failure instead. */
export function postgres15Missing(): boolean {
  const missing = inject('postgres15') === undefined
  if (missing && process.env.REQUIRE_ENGINES === '1') {
    throw new Error(`REQUIRE_ENGINES=1, but there is no PostgreSQL 15 in ${PROGRAMS}.`)
  }
  if (missing)
    console.warn(`Skipped: needs PostgreSQL 15 in ${PROGRAMS} (Debian: apt-get install postgresql-15).`)
  return missing
}

/** Makes a database, empty unless its `options` name a template, and gives its superuser's URL. */
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

/** A superuser's connection to the run's server. */
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

/** A URL as a command line may have it, and the environment that holds its password. */
export function apartFromPassword(url: string): { url: string; env: { PGPASSWORD: string } } {
  const { password } = new URL(url)
  return {
    url: Object.assign(new URL(url), { password: '' }).href,
    env: { PGPASSWORD: decodeURIComponent(password) },
  }
}

export interface Postgres15 {
  /** The superuser's. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a cluster of one's own, for a test that changes roles, which belong to the whole cluster, or that needs settings
 * (`name=value`) which are only read at the start.
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
      ['fsync=off', ...settings].flatMap((setting) => ['-c', setting]),
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

/** Postgres refuses to run as root; then it runs as a user that can do nothing else. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (what: string) => Number((await run('id', [what, 'nobody'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

/** Resolves once the server says that it takes connections; rejects with its log if it stops before. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.once('exit', () => reject(new Error(`PostgreSQL 15 did not start:\n${log}`)))
    server.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('ready to accept connections')) resolve()
    })
  })
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
