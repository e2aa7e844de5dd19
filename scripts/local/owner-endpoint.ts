/**
 * Lets another script run SQL as the owner while `npm start` holds the embedded database. The endpoint's
 * secret URL is in the data folder, which only the user who started it can read. The Worker never gets it.
 */

import { readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import * as z from 'zod'
import { startLoopbackServer } from './loopback-server.ts'
import type { Owner } from './postgres/backend.ts'

const FILE = 'owner-endpoint.json'
const OWNER_ONLY_FILE = 0o600
/** A batch of an import has a few hundred kilobytes. */
const SCRIPT_MAX_BYTES = 16 * 1024 * 1024

const address = z.object({ url: z.url() })
const answer = z.object({
  rows: z.array(z.array(z.string().nullable())),
  fields: z.array(z.never()),
  command: z.string(),
  rowCount: z.number().nullable(),
})

/** Starts the endpoint and gives the function that stops it. */
export async function openOwnerEndpoint(directory: string, owner: Owner): Promise<() => Promise<void>> {
  const server = await startLoopbackServer((request, response) => void serve(request, response, owner))
  const file = join(directory, FILE)
  await rm(file, { force: true })
  await writeFile(file, JSON.stringify({ url: server.url }), { mode: OWNER_ONLY_FILE })
  return async () => {
    await rm(file, { force: true })
    await server.close()
  }
}

/** Connects to the database that runs on this folder; undefined if none runs. */
export async function connectToRunning(directory: string): Promise<Owner | undefined> {
  const text = await readFile(join(directory, FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { url } = address.parse(JSON.parse(text))
  const owner: Owner = async (sql) => {
    const response = await fetch(url, { method: 'POST', body: sql })
    if (!response.ok) throw new Error(await response.text())
    return answer.parse(await response.json())
  }
  // The file may be left from a crash, and another program may have the port by now.
  return await owner('select 1').then(
    () => owner,
    () => undefined,
  )
}

async function serve(request: IncomingMessage, response: ServerResponse, owner: Owner): Promise<void> {
  try {
    const script = await readScript(request)
    if (script === undefined) return reply(response, 413, 'The script is too large.')
    const { rows, command, rowCount } = await owner(script)
    reply(response, 200, JSON.stringify({ rows, fields: [], command, rowCount }))
  } catch (error) {
    reply(response, 400, error instanceof Error ? error.message : 'The script failed.')
  }
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
