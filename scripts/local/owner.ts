/** Gives a script the owner's access to a database: that of `npm start` (running or not), or any by URL. */

import { join } from 'node:path'
import { Refusal } from '../cli/cli-error.ts'
import { lockDirectory, openDirectory } from './directory.ts'
import { connectToRunning } from './owner-endpoint.ts'
import type { Owner } from './postgres/backend.ts'
import { startPostgresEndpoint } from './postgres/endpoint.ts'
import { prepareEmbedded } from './postgres/prepare.ts'
import { openServer } from './postgres/server.ts'
import { servedExamples } from './served-examples.ts'

interface LocalOwnerOptions {
  /** Names of the examples whose tables are migrated; those that are served by default. */
  readonly examples?: readonly string[]
}

/** The embedded database of this data folder. It is migrated first, as by `npm start`. */
export async function withLocalOwner<T>(
  data: string,
  work: (owner: Owner) => Promise<T>,
  { examples }: LocalOwnerOptions = {},
): Promise<T> {
  const directory = await openDirectory(data)
  const running = await connectToRunning(directory)
  if (running !== undefined) return await work(running)
  const unlock = await lockDirectory(directory)
  try {
    const endpoint = await startPostgresEndpoint({ dataDirectory: join(directory, 'postgres') })
    try {
      const names = examples ?? servedExamples({ asked: false, embedded: true }).names
      await prepareEmbedded(endpoint.owner, directory, names)
      return await work(endpoint.owner)
    } finally {
      await endpoint.close()
    }
  } finally {
    await unlock()
  }
}

/** A server by its owner's URL. It is not migrated here: on a shared database that is a separate step. */
export async function withServerOwner<T>(url: string, work: (owner: Owner) => Promise<T>): Promise<T> {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new Refusal('--database-url must be postgres://owner@host/database.')
  }
  const server = await openServer(url).catch((error: unknown) => {
    const said = error instanceof Error && error.message !== '' ? error.message : 'nothing answers there'
    throw new Refusal(`The database of --database-url cannot be reached: ${said}.`)
  })
  try {
    return await work(server.owner)
  } finally {
    await server.close()
  }
}
