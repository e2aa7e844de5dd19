/**
 * `rowgate migrate`: migrates the database of DATABASE_OWNER_URL (core, the toolsets' tables, those of the
 * examples that are served) and prints the Worker's settings for it. Also migrates MySQL if MYSQL_OWNER_URL
 * or MYSQL_URL is set. It uses Postgres' wire protocol, which Neon and every other Postgres have in common.
 * Idempotent.
 */

import { Refusal } from '../cli/cli-error.ts'
import { print } from '../cli/terminal.ts'
import { exampleNames } from '../local/migration-files.ts'
import { applyMySqlMigrations } from '../local/mysql/migrations.ts'
import { adviceFor, adviceText } from '../local/postgres/advice.ts'
import type { Owner } from '../local/postgres/backend.ts'
import { newIdentityKey } from '../local/postgres/identity-key.ts'
import { newPassword } from '../local/postgres/login.ts'
import { planMigration, runMigration } from '../local/postgres/migrations.ts'
import { poolerAt } from '../local/postgres/pooler.ts'
import { openServer } from '../local/postgres/server.ts'
import { servedExamples } from '../local/served-examples.ts'

const FIRST_KEY_ID = 'k1'

const SESSION_MODE = `
The pooler of DATABASE_OWNER_URL is in session mode, which suits a migration and not the Worker: each call would hold a
connection of the server. Let DATABASE_URL name its transaction mode, or put Hyperdrive before the server.`

export interface MigrateOptions {
  /** Whether to migrate the tables of every example, not only of those that `rowgate.yaml` names. */
  readonly examples?: boolean | undefined
  /** Name of the Worker's login, instead of `rowgate_<database>`. */
  readonly login?: string | undefined
}

interface PostgresMigration {
  readonly ownerUrl: URL
  readonly examples: readonly string[]
  readonly login: string | undefined
}

async function migratePostgres(
  owner: Owner,
  { ownerUrl, examples, login }: PostgresMigration,
): Promise<void> {
  const plan = await planMigration(owner, { login, examples: exampleNames('postgresql', examples) })
  const [password, identityKey] = [newPassword(), newIdentityKey(FIRST_KEY_ID)]
  await runMigration(owner, plan, { password, identityKey })
  const count = plan.files.length
  print(count === 0 ? 'The database is up to date.' : `Applied ${count} files of drizzle/.`)
  if (plan.installsKey || plan.makesLogin || plan.adoptsLogin) {
    print("\nThe Worker's secrets. Keep them: they are not shown again.\n")
  }
  if (plan.installsKey) print(`    IDENTITY_KEY=${identityKey}`)
  if (plan.makesLogin || plan.adoptsLogin) {
    const known = { username: plan.login, password: plan.makesLogin ? password : 'ITS-PASSWORD' }
    print(`    DATABASE_URL=${Object.assign(new URL(ownerUrl), known).href}`)
  }
  const advice = adviceText(await adviceFor(owner))
  if (advice !== '') print(advice)
  if ((await poolerAt(ownerUrl.href)) === 'session') print(SESSION_MODE)
}

function readOwnerUrl(): URL {
  const text = process.env.DATABASE_OWNER_URL
  if (text === undefined || text === '') {
    throw new Refusal(
      'DATABASE_OWNER_URL is not set: set it to the postgres:// URL of the owner of the database to migrate.',
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

async function migrateMySql(url: string, examples: readonly string[]): Promise<void> {
  const applied = await applyMySqlMigrations(url, exampleNames('mysql', examples)).catch((error: unknown) => {
    throw new Refusal(`MySQL could not be migrated: ${sayFault(error)}.`)
  })
  print(applied === 0 ? 'MySQL is up to date.' : `Applied ${applied} migrations to MySQL.`)
}

export async function migrate({ examples = false, login }: MigrateOptions): Promise<void> {
  const { names } = servedExamples({ asked: examples, embedded: false })
  const mysqlUrl = readMySqlUrl()
  if (mysqlUrl !== undefined) await migrateMySql(mysqlUrl, names)
  if (mysqlUrl !== undefined && !process.env.DATABASE_OWNER_URL) return
  const ownerUrl = readOwnerUrl()
  const server = await openServer(ownerUrl.href).catch((error: unknown) => {
    throw new Refusal(`The database of DATABASE_OWNER_URL cannot be reached: ${sayFault(error)}.`)
  })
  try {
    await migratePostgres(server.owner, { ownerUrl, examples: names, login })
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`The migration stopped, and what it had begun was undone: ${sayFault(error)}.`)
  } finally {
    await server.close()
  }
}

/** A refused connection to a name with several addresses has an error code but no message. */
function sayFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || ('code' in error ? String(error.code) : error.name)
}
