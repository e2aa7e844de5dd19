/**
 * `rowgate migrate`: brings the database of DATABASE_OWNER_URL up to date and says what the Worker needs to use it;
 * and MySQL's, where MYSQL_OWNER_URL or MYSQL_URL is given. It speaks Postgres' own protocol, by node-postgres, because
 * that is the one way that Neon and every other Postgres have in common. Safe to run again.
 */

import { Refusal } from '../cli/cli-error.ts'
import { print } from '../cli/terminal.ts'
import { exampleNames } from '../local/migration-files.ts'
import { applyMySqlMigrations } from '../local/mysql/migrations.ts'
import {
  APP_ROLE,
  appCanLogIn,
  appLogin,
  applyMigrations,
  hasIdentityKey,
  installIdentityKey,
  newIdentityKey,
  newPassword,
  type Owner,
} from '../local/postgres/migrations.ts'
import { openServer } from '../local/postgres/server.ts'

const FIRST_KEY_ID = 'k1'

async function migratePostgres(owner: Owner, ownerUrl: URL): Promise<void> {
  const applied = await applyMigrations(owner, { examples: exampleNames('postgresql') })
  print(applied === 0 ? 'The database is up to date.' : `Applied ${applied} migrations.`)
  if (!(await hasIdentityKey(owner))) {
    const identityKey = newIdentityKey(FIRST_KEY_ID)
    await installIdentityKey(owner, identityKey)
    print(`\nAn identity key was made and installed. Keep it as the Worker's secret; it is not shown again:`)
    print(`\n    IDENTITY_KEY=${identityKey}`)
  }
  if (await appCanLogIn(owner)) return
  const password = newPassword()
  const login = Object.assign(new URL(ownerUrl), { username: APP_ROLE, password })
  print(`\nThe Worker's login is not made yet. Run this as the owner:`)
  print(`\n    ${appLogin(password)};`)
  print(`\nand give the Worker the secret\n\n    DATABASE_URL=${login.href}`)
}

function readOwnerUrl(): URL {
  const text = process.env.DATABASE_OWNER_URL
  if (text === undefined || text === '') {
    throw new Refusal(
      "DATABASE_OWNER_URL is not set: it is the owner's postgres:// URL of the database to migrate.",
    )
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^postgres(ql)?:$/.test(url.protocol)) return url
  throw new Refusal('DATABASE_OWNER_URL is wrong: it must be postgres://user:password@host/database.')
}

function readMySqlUrl(): string | undefined {
  const { MYSQL_OWNER_URL, MYSQL_URL } = process.env
  const text = MYSQL_OWNER_URL || MYSQL_URL || undefined
  if (text === undefined || (URL.canParse(text) && new URL(text).protocol === 'mysql:')) return text
  throw new Refusal('MYSQL_OWNER_URL or MYSQL_URL is wrong: it must be mysql://user:password@host/database.')
}

async function migrateMySql(url: string): Promise<void> {
  const applied = await applyMySqlMigrations(url, exampleNames('mysql')).catch((error: unknown) => {
    throw new Refusal(`MySQL could not be migrated: ${sayFault(error)}.`)
  })
  print(applied === 0 ? 'MySQL is up to date.' : `Applied ${applied} migrations to MySQL.`)
}

export async function migrate(): Promise<void> {
  const mysqlUrl = readMySqlUrl()
  if (mysqlUrl !== undefined) await migrateMySql(mysqlUrl)
  if (mysqlUrl !== undefined && !process.env.DATABASE_OWNER_URL) return
  const ownerUrl = readOwnerUrl()
  const server = await openServer(ownerUrl.href).catch((error: unknown) => {
    throw new Refusal(`The database of DATABASE_OWNER_URL cannot be reached: ${sayFault(error)}.`)
  })
  try {
    await migratePostgres(server.owner, ownerUrl)
  } catch (error) {
    throw new Refusal(`The migration stopped, and what it had begun was undone: ${sayFault(error)}.`)
  } finally {
    await server.close()
  }
}

/** A refused connection to a name with several addresses has no message of its own, only a code. */
function sayFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || ('code' in error ? String(error.code) : error.name)
}
