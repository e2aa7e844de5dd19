/**
 * How another script works on the embedded database while `npm start` holds it: a door on 127.0.0.1 that opens to the
 * secret in the data folder, which only the person who started it may read. It is the owner's, not the Worker's.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import * as z from 'zod'
import type { Owner } from './postgres/migrations.ts'

const FILE = 'owner-door.json'
const OWNER_ONLY_FILE = 0o600
const SECRET_BYTES = 32
/** An import's batch is a few hundred kilobytes. */
const SCRIPT_MAX_BYTES = 16 * 1024 * 1024

const address = z.object({ url: z.url(), secret: z.string() })
const answer = z.object({
  rows: z.array(z.array(z.string().nullable())),
  fields: z.array(z.never()),
  command: z.string(),
  rowCount: z.number().nullable(),
})

/** Opens the door for as long as the database is open; gives what shuts it. */
export async function openOwnerDoor(directory: string, owner: Owner): Promise<() => Promise<void>> {
  const secret = randomBytes(SECRET_BYTES).toString('hex')
  const server = createServer((request, response) => void serve(request, response, secret, owner))
  await new Promise<void>((done, reject) => server.once('error', reject).listen(0, '127.0.0.1', done))
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  const file = join(directory, FILE)
  await rm(file, { force: true })
  await writeFile(file, JSON.stringify({ url: `http://127.0.0.1:${port}/`, secret }), {
    mode: OWNER_ONLY_FILE,
  })
  return async () => {
    await rm(file, { force: true })
    const closed = new Promise((done) => server.close(done))
    server.closeAllConnections()
    await closed
  }
}

/** The owner's way into the database that is running on this folder, or nothing where none is. */
export async function knockOwnerDoor(directory: string): Promise<Owner | undefined> {
  const text = await readFile(join(directory, FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { url, secret } = address.parse(JSON.parse(text))
  const owner: Owner = async (sql) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: sql,
    })
    if (!response.ok) throw new Error(await response.text())
    return answer.parse(await response.json())
  }
  // A crash leaves the file behind, and another program may have the port by now.
  return await owner('select 1').then(
    () => owner,
    () => undefined,
  )
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
  owner: Owner,
): Promise<void> {
  try {
    if (!isSecret(request.headers.authorization, secret)) return reply(response, 401, 'The secret is wrong.')
    const script = await readScript(request)
    if (script === undefined) return reply(response, 413, 'The script is too large.')
    const { rows, command, rowCount } = await owner(script)
    reply(response, 200, JSON.stringify({ rows, fields: [], command, rowCount }))
  } catch (error) {
    reply(response, 400, error instanceof Error ? error.message : 'The script failed.')
  }
}

function isSecret(authorization: string | undefined, secret: string): boolean {
  const given = Buffer.from(authorization ?? '')
  const wanted = Buffer.from(`Bearer ${secret}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function readScript(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > SCRIPT_MAX_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { connection: 'close' }).end(body)
}
