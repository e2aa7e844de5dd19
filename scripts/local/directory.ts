/** The data folder of `npm start`: the databases' data, and the secrets generated for them. */

import { createHash } from 'node:crypto'
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refusal } from '../cli/cli-error.ts'

export const DEFAULT_DIRECTORY = fileURLToPath(new URL('../../.rowgate', import.meta.url))

/** Readable only by the user who started it. */
const OWNER_ONLY_FOLDER = 0o700
const OWNER_ONLY_FILE = 0o600

export async function openDirectory(path: string): Promise<string> {
  await mkdir(resolve(path), { recursive: true, mode: OWNER_ONLY_FOLDER })
  return await realpath(path)
}

/**
 * Gives a secret, generated and stored at the first call. Of two concurrent first calls, both get the same.
 */
export async function keptSecret(
  directory: string,
  name: string,
  make: () => Promise<string>,
): Promise<string> {
  const path = join(directory, name)
  const found = await findSecret(directory, name)
  if (found !== undefined) return found
  await writeFile(path, await make(), { mode: OWNER_ONLY_FILE, flag: 'wx' }).catch(unlessThere)
  return (await readFile(path, 'utf8')).trim()
}

/** Undefined if the folder has no such secret. */
export async function findSecret(directory: string, name: string): Promise<string | undefined> {
  return await readFile(join(directory, name), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
}

/** The folder for the secrets of one database of a server. */
export async function serverDirectory(directory: string, postgresUrl: string): Promise<string> {
  const { host, pathname } = new URL(postgresUrl)
  const digest = createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 16)
  const path = join(directory, `server-${digest}`)
  await mkdir(path, { recursive: true, mode: OWNER_ONLY_FOLDER })
  return path
}

/**
 * Locks the folder for this process. The lock is a listening socket, which the system closes when the process
 * ends in any way. A file with a process id would outlive a crash.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const name = `rowgate-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
  if (await answers(path)) {
    throw new Refusal(
      `${directory} is in use by another \`npm start\`: stop it first, or choose another folder with --data.`,
    )
  }
  await rm(path, { force: true })
  const server = createServer((socket) => socket.end())
  await new Promise<void>((done, reject) => server.once('error', reject).listen(path, done))
  server.unref()
  return () => new Promise((done) => server.close(() => done()))
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path)
    socket.once('connect', () => done(true)).once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

function unlessThere(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
  throw error
}
