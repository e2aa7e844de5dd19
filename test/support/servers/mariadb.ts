/**
 * A real MariaDB per test file, in a temporary directory. With MYSQLD, the path of MySQL's server program, it
 * is a MySQL.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { freePort } from '../../../scripts/check/free-port.ts'
import type { Certificate } from './certificate-authority.ts'

const MYSQLD = process.env.MYSQLD || undefined
const PROGRAM = MYSQLD ?? process.env.MARIADBD ?? '/usr/sbin/mariadbd'
const INSTALLER = MYSQLD ?? process.env.MARIADB_INSTALL_DB ?? '/usr/bin/mariadb-install-db'
/** Both create a root without a password. */
const INSTALL = MYSQLD
  ? ['--initialize-insecure']
  : ['--auth-root-authentication-method=normal', '--skip-test-db']
/** MySQL also listens for its X Protocol, and needs a directory that only its package creates. */
const ONLY_MYSQL = MYSQLD ? ['--mysqlx=OFF', '--secure-file-priv='] : []
const PASSWORD = "p@ss:w/o?rd'%23"

const run = promisify(execFile)

export interface MariaDb {
  /** The Worker's login: it may use the tables and nothing more. */
  readonly url: string
  /** The login for migrations. */
  readonly ownerUrl: string
  readonly port: number
  /** The test's own connection, as administrator. */
  readonly root: Connection
  /**
   * Resolves when the Worker has no open connection. If that never happens, the test's own timeout ends the
   * wait.
   */
  idle(): Promise<void>
  /** Connections that ended without COM_QUIT. */
  abandoned(): Promise<number>
  /** Resolves when a statement of the Worker's waits for a table or row lock. */
  busy(): Promise<void>
  /** Suspends the server's process: its sockets stay open but it sends nothing more. */
  freeze(): void
  thaw(): void
  /** Makes the server read its certificate again. */
  reloadCertificate(): Promise<unknown>
  /** Kills the server without a shutdown, like a power cut. */
  kill(): Promise<void>
  close(): Promise<void>
}

/** Whether there is no server here, for `describe.skipIf`. With REQUIRE_ENGINES=1 it throws instead. */
export function mariaDbMissing(): boolean {
  const missing = !existsSync(PROGRAM) || !existsSync(INSTALLER)
  if (missing && process.env.REQUIRE_ENGINES === '1') {
    throw new Error(`REQUIRE_ENGINES=1, but there is no MariaDB at ${PROGRAM}.`)
  }
  if (missing) console.warn(`Skipped: needs MariaDB at ${PROGRAM} (Debian: apt-get install mariadb-server).`)
  return missing
}

export async function startMariaDb(certificate?: Certificate): Promise<MariaDb> {
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-mariadb-'))
  const data = join(directory, 'data')
  const login = process.getuid?.() === 0 ? ['--user=mysql'] : []
  if (login.length > 0) await giveTo('mysql', directory)
  await run(INSTALLER, ['--no-defaults', `--datadir=${data}`, ...INSTALL, ...login])
  const port = await freePort()
  const socket = join(directory, 's')
  const server = spawn(
    PROGRAM,
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      `--socket=${socket}`,
      '--innodb-flush-log-at-trx-commit=0',
      ...login,
      ...ONLY_MYSQL,
      ...tlsSettings(certificate),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await ready(server)
  const root = await createConnection({ socketPath: socket, user: 'root', multipleStatements: true })
  await root.query(
    `create database shop;
     create user owner identified by ?; grant all on shop.* to owner;
     create user worker identified by ?; grant select, insert, update, delete on shop.* to worker`,
    [PASSWORD, PASSWORD],
  )
  const url = (user: string) => `mysql://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/shop`
  const exited = new Promise((resolve) => server.once('exit', resolve))
  async function kill(): Promise<void> {
    server.kill('SIGKILL')
    await exited
  }
  async function until(query: string): Promise<void> {
    for (;;) {
      const [rows] = await root.query<RowDataPacket[]>(query)
      if (rows[0]?.ok === 1) return
    }
  }
  return {
    url: url('worker'),
    ownerUrl: url('owner'),
    port,
    root,
    idle: () => until("select count(*) = 0 as ok from information_schema.processlist where user = 'worker'"),
    async abandoned() {
      const [rows] = await root.query<RowDataPacket[]>("show global status like 'Aborted_clients'")
      return Number(rows[0]?.Value)
    },
    busy: () =>
      until(
        "select count(*) > 0 as ok from information_schema.processlist where user = 'worker' and info like 'update%'",
      ),
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    reloadCertificate: () => root.query(MYSQLD ? 'alter instance reload tls' : 'flush ssl'),
    kill,
    async close() {
      root.destroy()
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** MySQL refuses a certificate whose authority it does not know. */
function tlsSettings(certificate: Certificate | undefined): string[] {
  if (certificate === undefined) return []
  const { cert, key } = certificate
  return [`--ssl-ca=${cert}`, `--ssl-cert=${cert}`, `--ssl-key=${key}`]
}

async function giveTo(user: string, path: string): Promise<void> {
  const id = async (what: string) => Number((await run('id', [what, user])).stdout)
  await chown(path, await id('-u'), await id('-g'))
  await access(path)
}

/** Resolves when the server accepts connections. Rejects with its log if it ends before. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.once('exit', () => reject(new Error(`MariaDB did not start:\n${log}`)))
    server.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('ready for connections')) resolve()
    })
  })
}
