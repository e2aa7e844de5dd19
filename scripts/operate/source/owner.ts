/**
 * The owner's access to a source's database. `init` keeps where the database is, so that `plan`, `up` and
 * `down` need not be told; a password is never kept.
 */

import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../../cli/cli-error.ts'
import { withPassword } from '../../cli/postgres-password.ts'
import { findSecret, openDirectory } from '../../local/directory.ts'
import { withLocalOwner } from '../../local/owner.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { openServer } from '../../local/postgres/server.ts'

/** The embedded Postgres of the data folder, instead of a server. */
export const EMBEDDED = 'embedded'

const FILE = 'owner-url'
const OWNER_ONLY_FOLDER = 0o700
const OWNER_ONLY_FILE = 0o600

export interface SourcePlace {
  /** The data folder, `.rowgate` by default. */
  readonly directory: string
  /** The source's name. */
  readonly source: string
}

/** The folder of what is kept about a source: `source-app` in the data folder. */
export async function sourceDirectory({ directory, source }: SourcePlace): Promise<string> {
  const path = join(await openDirectory(directory), `source-${source}`)
  await mkdir(path, { recursive: true, mode: OWNER_ONLY_FOLDER })
  return path
}

/** `url` is `EMBEDDED`, or the owner's URL without a password. */
export async function keepOwnerUrl(place: SourcePlace, url: string): Promise<void> {
  const path = join(await sourceDirectory(place), FILE)
  const draft = `${path}.${process.pid}`
  await writeFile(draft, url, { mode: OWNER_ONLY_FILE })
  await rename(draft, path)
}

/** Undefined if `init` was not run on this machine. */
export async function keptOwnerUrl(place: SourcePlace): Promise<string | undefined> {
  return await findSecret(await sourceDirectory(place), FILE)
}

/**
 * Connects as the owner. `url` goes before what is kept; the password comes from PGPASSWORD, ~/.pgpass or a
 * prompt. `work` gets the URL with its password, or `EMBEDDED`.
 */
export async function withSourceOwner<T>(
  place: SourcePlace,
  url: string | undefined,
  work: (owner: Owner, url: string) => Promise<T>,
): Promise<T> {
  const known = url ?? (await keptOwnerUrl(place))
  if (known === undefined) {
    throw new Refusal(
      `Where the database of "${place.source}" is, is not known on this machine: give its owner's URL, postgres://owner@host/database.`,
    )
  }
  if (known === EMBEDDED) {
    return await withLocalOwner(place.directory, (owner) => work(owner, EMBEDDED), { examples: [] })
  }
  const complete = await withPassword('the source', known)
  const server = await openServer(complete).catch((error: unknown) => {
    const said = error instanceof Error && error.message !== '' ? error.message : 'nothing answers there'
    throw new Refusal(`The database of "${place.source}" cannot be reached: ${said}.`)
  })
  try {
    return await work(server.owner, complete)
  } finally {
    await server.close()
  }
}
