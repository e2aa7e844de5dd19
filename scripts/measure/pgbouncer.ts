/** PgBouncer, which in transaction mode treats sessions like Hyperdrive and hosted poolers do. */

import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { freePort } from '../check/free-port.ts'

export const PROGRAM = process.env.PGBOUNCER ?? '/usr/sbin/pgbouncer'
const run = promisify(execFile)

export interface PgBouncer {
  readonly port: number
  readonly pid: number | undefined
  /** Reads the certificate's files again. */
  reloadCertificate(): Promise<void>
  stop(): Promise<void>
}

interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A pool per login and database; see PgBouncer's `pool_mode`. */
type PoolMode = 'transaction' | 'session'

export interface PoolerOptions {
  /** Paths of PEM files. With them it takes clients by TLS only. */
  readonly certificate?: Certificate | undefined
  readonly poolMode?: PoolMode
  /** Connections to the server. */
  readonly poolSize?: number
}

/** `users` maps names to passwords. The pooler logs in to the server with them. */
export async function startPgBouncer(
  server: { readonly host: string; readonly port: number },
  users: Readonly<Record<string, string>>,
  { certificate, poolMode = 'transaction', poolSize = 4 }: PoolerOptions = {},
): Promise<PgBouncer> {
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-pgbouncer-'))
  const port = await freePort()
  await writeFiles(directory, { server, port, users, certificate, poolMode, poolSize })
  const identity = await unprivileged()
  if (identity !== undefined) {
    for (const file of ['', 'users.txt', 'pgbouncer.ini'])
      await chown(join(directory, file), identity.uid, identity.gid)
  }
  const child = spawn(PROGRAM, [join(directory, 'pgbouncer.ini')], {
    ...identity,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await started(child)
  return {
    port,
    pid: child.pid,
    async reloadCertificate() {
      const reloaded = Promise.withResolvers<void>()
      const hear = (chunk: Buffer) => chunk.toString().includes('SIGHUP') && reloaded.resolve()
      child.stderr.on('data', hear)
      child.kill('SIGHUP')
      await reloaded.promise
      child.stderr.off('data', hear)
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT')
      child.kill('SIGTERM')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

interface Files extends PoolerOptions {
  readonly server: { readonly host: string; readonly port: number }
  readonly port: number
  readonly users: Readonly<Record<string, string>>
}

async function writeFiles(directory: string, files: Files): Promise<void> {
  const { server, port, users, certificate, poolMode, poolSize } = files
  const list = Object.entries(users).map(([name, password]) => `"${name}" "${password}"\n`)
  await writeFile(join(directory, 'users.txt'), list.join(''))
  await writeFile(
    join(directory, 'pgbouncer.ini'),
    `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(directory, 'users.txt')}
pool_mode = ${poolMode}
default_pool_size = ${poolSize}
max_client_conn = 1000
server_idle_timeout = 10
log_connections = 0
log_disconnections = 0
${certificate === undefined ? '' : tls(certificate)}`,
  )
}

function started(child: ChildProcessByStdio<null, null, Readable>): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.once('exit', () => reject(new Error(`PgBouncer did not start:\n${log}`)))
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('process up')) resolve()
    })
  })
}

function tls({ cert, key }: Certificate): string {
  return `client_tls_sslmode = require\nclient_tls_cert_file = ${cert}\nclient_tls_key_file = ${key}\n`
}

/** PgBouncer refuses to run as root. Then it runs as an unprivileged user. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (what: string) => Number((await run('id', [what, 'nobody'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}
