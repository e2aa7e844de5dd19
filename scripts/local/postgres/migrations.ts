/** Applies the committed migrations, and what only the owner can do for the Worker: its key and its login. */

import { randomBytes } from 'node:crypto'
import { Refusal } from '../../cli/cli-error.ts'
import { coreFiles, exampleFiles, isFunction, type MigrationFile, toolsetFiles } from '../migration-files.ts'
import type { Result } from './backend.ts'

/** Runs any number of statements as the owner of the database. */
export type Owner = (sql: string) => Promise<Result>

/** The restricted role that the migrations make; the Worker logs in as it. */
export const APP_ROLE = 'rowgate_app'

const KEY_BYTES = 32
const PASSWORD_BYTES = 24

export interface MigrationOptions {
  /** The examples whose tables the database gets; none by default. */
  readonly examples?: readonly string[]
}

/**
 * Applies what is not applied yet, and answers how many files that were. All of it is one transaction: a file that fails
 * leaves nothing of the others either. `rowgate.migrations` records each file by its part, name and hash.
 */
export async function applyMigrations(
  owner: Owner,
  { examples = [] }: MigrationOptions = {},
): Promise<number> {
  const files = [...coreFiles(), ...toolsetFiles(), ...examples.flatMap(exampleFiles)]
  const applied = await appliedHashes(owner)
  const pending = files.filter((file) => isPending(file, applied.get(keyOf(file))))
  if (pending.length > 0) await owner(pending.flatMap((file) => [file.sql, recordOf(file)]).join('\n;\n'))
  return pending.length
}

async function appliedHashes(owner: Owner): Promise<Map<string, string>> {
  const { rows: found } = await owner("select to_regclass('rowgate.migrations') is not null")
  if (found[0]?.[0] !== 't') return new Map()
  const { rows } = await owner("select part || ' ' || name, hash from rowgate.migrations")
  return new Map(rows.map(([key, hash]) => [key ?? '', hash ?? '']))
}

function isPending(file: MigrationFile, applied: string | undefined): boolean {
  if (applied === undefined) return true
  if (applied === file.hash) return false
  if (isFunction(file)) return true
  throw new Refusal(
    `drizzle/${file.part}/${file.name} was changed after this database had it: put it back as it was, and write what is new as a migration of its own.`,
  )
}

function recordOf({ part, name, hash }: MigrationFile): string {
  return `insert into rowgate.migrations as m (part, name, hash) values (${literal(part)}, ${literal(name)}, '${hash}')
  on conflict on constraint migrations_pkey do update set hash = excluded.hash, applied_at = now()`
}

function keyOf({ part, name }: MigrationFile): string {
  return `${part} ${name}`
}

export async function hasIdentityKey(owner: Owner): Promise<boolean> {
  const { rows } = await owner('select exists (select from rowgate.identity_keys)')
  return rows[0]?.[0] === 't'
}

/** Takes a key in the form of `IDENTITY_KEY`: `id:base64`. */
export async function installIdentityKey(owner: Owner, identityKey: string): Promise<void> {
  const [id = '', key = ''] = identityKey.split(':')
  await owner(`select rowgate.install_key(${literal(id)}, decode(${literal(key)}, 'base64'))`)
}

export async function appCanLogIn(owner: Owner): Promise<boolean> {
  const { rows } = await owner(`select rolcanlogin from pg_roles where rolname = ${literal(APP_ROLE)}`)
  return rows[0]?.[0] === 't'
}

/** The SQL that makes the restricted role a login. */
export function appLogin(password: string): string {
  return `alter role ${APP_ROLE} with login password ${literal(password)}`
}

export function newIdentityKey(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`
}

export function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('hex')
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
