/** A real Redis, empty and in memory, on a free port of 127.0.0.1. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { freePort } from '../../../scripts/check/free-port.ts'
import type { Certificate } from './certificate-authority.ts'

const PROGRAM = 'redis-server'

/** For `describe.skipIf`. With REQUIRE_ENGINES=1 it throws instead of giving true. */
export function redisMissing(): boolean {
  const missing = spawnSync(PROGRAM, ['--version']).status !== 0
  if (missing && process.env.REQUIRE_ENGINES === '1') {
    throw new Error(`REQUIRE_ENGINES=1, but there is no ${PROGRAM}.`)
  }
  if (missing) console.warn(`Skipped: needs ${PROGRAM} (Debian: apt-get install redis-server).`)
  return missing
}

export interface TestRedis {
  readonly url: string
  readonly port: number
  /** TLS port, if there is a certificate. */
  readonly tlsPort: number
  readonly password: string
  /** The tests' own connection. */
  readonly admin: Redis
  /** Number of connections other than the tests'. */
  visitors(): Promise<number>
  /** Kills the server without a shutdown, like a crash. */
  kill(): Promise<void>
  /** Makes the server read its certificate again. */
  reloadCertificate(): Promise<unknown>
  close(): Promise<void>
}

export async function startRedis(certificate?: Certificate): Promise<TestRedis> {
  const [port, tlsPort] = [await freePort(), certificate === undefined ? 0 : await freePort()]
  const files = tlsFiles(certificate)
  const password = randomBytes(12).toString('hex')
  const server = spawn(
    PROGRAM,
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--requirepass', password],
      ...['--tls-port', String(tlsPort), '--tls-auth-clients', 'no'],
      ...files.map((word, i) => (i % 2 === 0 ? `--${word}` : word)),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/tmp' },
  )
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  // Kills the server at process exit, if a failed test never closed it.
  const abandon = () => server.kill('SIGKILL')
  process.once('exit', abandon)
  await ready(server)
  const url = `redis://:${password}@127.0.0.1:${port}`
  const admin = new Redis(url, { retryStrategy: () => null })
  admin.on('error', () => undefined)
  const kill = async () => {
    server.kill('SIGKILL')
    process.off('exit', abandon)
    await exited
  }
  return {
    url,
    port,
    tlsPort,
    password,
    admin,
    visitors: async () =>
      String(await admin.client('LIST'))
        .trim()
        .split('\n').length - 1,
    kill,
    reloadCertificate: () => admin.config('SET', ...files),
    async close() {
      admin.disconnect()
      await kill()
    },
  }
}

function tlsFiles(certificate: Certificate | undefined): string[] {
  if (certificate === undefined) return []
  return ['tls-cert-file', certificate.cert, 'tls-key-file', certificate.key]
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    server.once('exit', () => reject(new Error(`${PROGRAM} did not start:\n${log}`)))
    server.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('Ready to accept connections')) resolve()
    })
  })
}
