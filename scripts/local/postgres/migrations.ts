/** Applies the committed migrations, and what only the owner can do for the Worker: its key and its login. */

import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Result } from './backend.ts'

/** Runs any number of statements as the owner of the database. */
export type Owner = (sql: string) => Promise<Result>

/** The restricted role that the migrations make; the Worker logs in as it. */
export const APP_ROLE = 'rowgate_app'

const KEY_BYTES = 32
const PASSWORD_BYTES = 24

/**
 * Applies what is not applied yet, each migration whole or not at all, and gives how many that were. They are recorded
 * as drizzle's own migrator does, but told apart by their hash: it only looks at dates, and so skips a migration that
 * was written before another one and merged after it.
 */
export async function applyMigrations(owner: Owner): Promise<number> {
  const migrationsFolder = fileURLToPath(new URL('../../../drizzle', import.meta.url))
  await owner(`
    create schema if not exists drizzle;
    create table if not exists drizzle.__drizzle_migrations (
      id serial primary key, hash text not null, created_at bigint
    )`)
  const { rows } = await owner('select hash from drizzle.__drizzle_migrations')
  const applied = new Set(rows.map(([hash]) => hash))
  const pending = readMigrationFiles({ migrationsFolder }).filter(({ hash }) => !applied.has(hash))
  for (const { sql, hash, folderMillis } of pending) {
    const record = `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${hash}', ${folderMillis})`
    // Statements of one script are one transaction.
    await owner([...sql, record].join('\n;\n'))
  }
  return pending.length
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
