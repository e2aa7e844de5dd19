/**
 * Migrates a Postgres: the Worker's login, core, your toolsets, and selected examples. A plan only reads;
 * then one transaction writes. If anything is refused, the database stays as it was.
 */

import { Refusal } from '../../cli/cli-error.ts'
import {
  CORE_TABLES,
  coreFiles,
  exampleFiles,
  isFunction,
  type MigrationFile,
  toolsetFiles,
} from '../migration-files.ts'
import { type Owner, PostgresError } from './backend.ts'
import { installKeyStatement } from './identity-key.ts'
import { identifier, literal } from './literal.ts'
import { loginName } from './login.ts'
import { type DatabaseState, readRole, readState } from './state.ts'

export interface MigrationOptions {
  /** Names of the examples to migrate; none by default. */
  readonly examples?: readonly string[]
  /** Name of the login, instead of `rowgate_<database>`. The role may exist already. */
  readonly login?: string | undefined
  /** Password of a login that is created here. Without it nobody can log in as it. */
  readonly password?: string
  /** `id:base64`. Installed if the database has no key. */
  readonly identityKey?: string
  /** Removes the objects of a Rowgate from before its first release. */
  readonly earlier?: string
}

export interface MigrationPlan {
  readonly state: DatabaseState
  readonly files: readonly MigrationFile[]
  readonly login: string
  readonly makesLogin: boolean
  /** Whether the login is an existing role that somebody else created. */
  readonly adoptsLogin: boolean
  readonly installsKey: boolean
}

/** Longest wait for another session's lock. */
const LOCK_TIMEOUT = '5s'

/** Reads the state and gives what is missing. Throws a `Refusal` if it could not be created. */
export async function planMigration(owner: Owner, options: MigrationOptions = {}): Promise<MigrationPlan> {
  const state = await readState(owner, options.earlier)
  const all = [...coreFiles(), ...toolsetFiles(), ...(options.examples ?? []).flatMap(exampleFiles)]
  const files = all.filter((file) => isPending(file, state.applied.get(`${file.part} ${file.name}`)))
  if (!state.hasSchema && !state.mayMakeSchemas) {
    throw new Refusal(
      `"${state.user}" may not make the schema rowgate: it lacks CREATE on the database. Its owner can give it: grant create on database ${identifier(state.database)} to ${identifier(state.user)};`,
    )
  }
  return { state, files, ...(await planLogin(owner, state, options)), installsKey: state.keys.length === 0 }
}

type LoginPlan = Pick<MigrationPlan, 'login' | 'makesLogin' | 'adoptsLogin'>

async function planLogin(
  owner: Owner,
  state: DatabaseState,
  { login: asked }: MigrationOptions,
): Promise<LoginPlan> {
  if (state.login !== undefined) {
    if (asked === undefined || asked === state.login) {
      return { login: state.login, makesLogin: false, adoptsLogin: false }
    }
    throw new Refusal(`This database has the login "${state.login}" already: leave --login out.`)
  }
  const login = asked ?? loginName(state.database)
  const role = await readRole(owner, login)
  if (role === undefined) {
    if (state.mayMakeRoles) return { login, makesLogin: true, adoptsLogin: false }
    throw new Refusal(
      `"${state.user}" may not make the login "${login}": it lacks CREATEROLE. Let a superuser run: alter role ${identifier(state.user)} createrole; or let one make a login of your choice, and name it with --login.`,
    )
  }
  if (asked === undefined) {
    throw new Refusal(
      `A role "${login}" is there already, and this database does not know it. If it is meant for this database, say so: --login ${login}. Otherwise choose another name: --login NAME.`,
    )
  }
  if (role.isUnsafe) {
    throw new Refusal(
      `The role "${login}" could step around row security: it has an attribute such as SUPERUSER, BYPASSRLS or CREATEROLE, is a member of another role, or owns something. Choose another name: --login NAME.`,
    )
  }
  return { login, makesLogin: false, adoptsLogin: true }
}

function isPending(file: MigrationFile, applied: string | undefined): boolean {
  if (applied === undefined) return true
  if (applied === file.hash) return false
  if (isFunction(file)) return true
  throw new Refusal(
    `drizzle/${file.part}/${file.name} was changed after it was applied to this database: restore it, and put the change into a new migration.`,
  )
}

export interface MigrationRun extends Pick<MigrationOptions, 'password' | 'identityKey'> {
  /** Further statements of the same transaction, after the plan's. */
  readonly further?: readonly string[]
  /** Longest wait for another session's lock, as Postgres writes it. */
  readonly lockTimeout?: string
}

/**
 * Runs the plan in one transaction. `password` and `identityKey` are used if the plan creates a login or a
 * key.
 */
export async function runMigration(
  owner: Owner,
  plan: MigrationPlan,
  { further = [], lockTimeout = LOCK_TIMEOUT, ...secrets }: MigrationRun = {},
): Promise<void> {
  const statements = [...migrationStatements(plan, secrets), ...further]
  if (statements.length === 0) return
  // A script is one transaction. The lock serialises two migrations and lasts until the end of the
  // transaction.
  const lead = [
    `set local lock_timeout = '${lockTimeout}'`,
    "select pg_advisory_xact_lock(hashtext('rowgate.migrations'))",
  ]
  try {
    await owner([...lead, ...statements].join('\n;\n'))
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error
    throw new Refusal(explain(error, plan.state, lockTimeout), { cause: error })
  }
}

function migrationStatements(
  { files, login, makesLogin, adoptsLogin, installsKey }: MigrationPlan,
  { password, identityKey }: Pick<MigrationOptions, 'password' | 'identityKey'>,
): string[] {
  const [early, late] = [files.filter(comesBeforeLogin), files.filter((file) => !comesBeforeLogin(file))]
  return [
    ...(makesLogin ? [createLogin(login, password)] : []),
    ...early.flatMap(applied),
    ...(makesLogin || adoptsLogin || early.length > 0
      ? [`select rowgate.admit_login(${literal(login)})`]
      : []),
    ...late.flatMap(applied),
    ...(installsKey && identityKey !== undefined ? [installKeyStatement(identityKey)] : []),
  ]
}

/** Plans and runs without asking anybody. Gives the number of applied files. */
export async function applyMigrations(owner: Owner, options: MigrationOptions = {}): Promise<number> {
  const plan = await planMigration(owner, options)
  await runMigration(owner, plan, options)
  return plan.files.length
}

/** The login is admitted after core's functions, and before the first table that is protected for it. */
function comesBeforeLogin(file: MigrationFile): boolean {
  return file.part === 'core' && (isFunction(file) || file.name === CORE_TABLES)
}

function createLogin(login: string, password: string | undefined): string {
  return `create role ${identifier(login)} login${password === undefined ? '' : ` password ${literal(password)}`}`
}

function applied({ part, name, hash, sql }: MigrationFile): string[] {
  return [
    sql,
    `insert into rowgate.migrations as m (part, name, hash) values (${literal(part)}, ${literal(name)}, '${hash}')
      on conflict on constraint migrations_pkey do update set hash = excluded.hash, applied_at = now()`,
  ]
}

/** The remedy for each kind of refusal, by SQLSTATE. */
function explain({ message, fields }: PostgresError, { user }: DatabaseState, lockTimeout: string): string {
  const said = `Nothing was changed, because Postgres refused it: ${message}.`
  switch (fields.code) {
    case '42501':
      return `${said} Give "${user}" that privilege, or run this as the owner of what is named.`
    case '42P06':
    case '42P07':
    case '42710':
      return `${said} The name is taken: rename the other object, or leave out the example that needs the name. If somebody has just migrated this database, run this again.`
    case '55P03':
      return `${said} Another session has held a lock for ${lockTimeout} (see pg_stat_activity). Run this again when the lock is free.`
    case '0A000':
    case '58P01':
      return `${said} Let a superuser install what is missing, or leave out the example that needs it.`
    default:
      return said
  }
}
