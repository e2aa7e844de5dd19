/**
 * Secrets of a source that `rowgate up` keeps in the data folder, for later commands and for `npm start`:
 * where its owner connects, and the Worker's login. Readable only by the user who ran it. The owner's
 * password is never kept.
 */

import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Refusal } from '../cli/cli-error.ts'
import { keptSecret } from './directory.ts'
import { parseJson } from './json.ts'
import { newIdentityKey } from './postgres/identity-key.ts'

const OWNER_ONLY_FILE = 0o600
const KEY_FILE = 'identity-key'
const LOCAL_KEY_ID = 'local'

const sourceSecrets = z.object({
  /** Without its password. Undefined: the embedded Postgres of the data folder. */
  ownerUrl: z.string().optional(),
  database: z.string(),
  login: z.string(),
  password: z.string(),
  /** Some tenants that the database has, for the tokens of `npm start`. */
  tenants: z.array(z.string()).optional(),
})

export type SourceSecrets = z.output<typeof sourceSecrets>

/** Undefined if `up` has not run here for this source. */
export async function findSourceSecrets(
  directory: string,
  source: string,
): Promise<SourceSecrets | undefined> {
  const path = sourceSecretsFile(directory, source)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = sourceSecrets.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new Refusal(
    `${path} is not what \`rowgate up\` wrote there: restore it, or remove it and run \`up\`.`,
  )
}

/** Replaces the file as a whole, so that a command that is stopped leaves the old one or the new one. */
export async function keepSourceSecrets(
  directory: string,
  source: string,
  secrets: SourceSecrets,
): Promise<void> {
  const path = sourceSecretsFile(directory, source)
  await writeFile(`${path}.new`, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: OWNER_ONLY_FILE })
  await rename(`${path}.new`, path)
}

/** The URL with which the Worker's login connects; undefined for the embedded Postgres, which has no port. */
export function workerUrl({ ownerUrl, login, password }: SourceSecrets): string | undefined {
  if (ownerUrl === undefined) return undefined
  const url = new URL(ownerUrl)
  url.username = encodeURIComponent(login)
  url.password = encodeURIComponent(password)
  return url.href
}

/** The IDENTITY_KEY from which each source's key is derived: the environment's, or the data folder's own. */
export async function masterIdentityKey(directory: string): Promise<string> {
  return (
    process.env.IDENTITY_KEY ||
    (await keptSecret(directory, KEY_FILE, async () => newIdentityKey(LOCAL_KEY_ID)))
  )
}

export function sourceSecretsFile(directory: string, source: string): string {
  return join(directory, `source-${source}.json`)
}
