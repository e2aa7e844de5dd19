/** Reads which objects of Rowgate a Postgres has already, for the plan of a migration. */

import { Refusal } from '../../cli/cli-error.ts'
import type { Owner } from './backend.ts'
import type { InstalledKey } from './identity-key.ts'
import { literal } from './literal.ts'

export interface DatabaseState {
  readonly database: string
  /** The owner's role. */
  readonly user: string
  readonly mayMakeRoles: boolean
  readonly mayMakeSchemas: boolean
  readonly hasSchema: boolean
  /** The Worker's login, if there is one. */
  readonly login: string | undefined
  readonly keys: readonly InstalledKey[]
  /** Hashes of the applied files, by `<part> <name>`. */
  readonly applied: ReadonlyMap<string, string>
}

const STATE = `select current_database(), current_user,
  (select r.rolsuper or r.rolcreaterole from pg_roles r where r.rolname = current_user),
  has_database_privilege(current_database(), 'create'),
  (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'rowgate'),
  (select pg_has_role(n.nspowner, 'usage') from pg_namespace n where n.nspname = 'rowgate'),
  ${hasTable('identity_keys')},
  ${hasTable('worker_login')}`

/** From the catalogue, because naming a table in a schema without USAGE is an error. */
function hasTable(name: string): string {
  return `exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'rowgate' and c.relname = '${name}')`
}

/** `earlier` says how to remove the objects of a Rowgate from before its first release. */
export async function readState(owner: Owner, earlier: string = REMOVE_EARLIER): Promise<DatabaseState> {
  const { rows } = await owner(STATE)
  const [database, user, roles, schemas, schemaOwner, isOwner, hasKeys, isCurrent] = rows[0] ?? []
  const hasSchema = schemaOwner !== null
  if (hasSchema && isCurrent !== 't') {
    throw new Refusal(
      hasKeys === 't'
        ? `This database was set up by a Rowgate from before its first release, which cannot be upgraded. ${earlier}`
        : `The schema rowgate of this database is taken: it is ${schemaOwner}'s, and not Rowgate's. Rename it (alter schema rowgate rename to …), or use another database.`,
    )
  }
  if (hasSchema && isOwner !== 't') {
    throw new Refusal(
      `The schema rowgate of this database is ${schemaOwner}'s, and "${user}" is not a member of that role: log in as ${schemaOwner}.`,
    )
  }
  return {
    database: database ?? '',
    user: user ?? '',
    mayMakeRoles: roles === 't',
    mayMakeSchemas: schemas === 't',
    hasSchema,
    ...(hasSchema ? await readSchema(owner) : { login: undefined, keys: [], applied: new Map() }),
  }
}

const REMOVE_EARLIER =
  'Remove what it made, then run this again: drop schema rowgate cascade; drop schema if exists retail, netflix, directory cascade; drop table if exists public.tasks;'

async function readSchema(owner: Owner): Promise<Pick<DatabaseState, 'login' | 'keys' | 'applied'>> {
  const logins = await owner('select rowgate.login()')
  const keys = await owner("select id, encode(inner_pad, 'hex') from rowgate.identity_keys order by id")
  const files = await owner("select part || ' ' || name, hash from rowgate.migrations")
  return {
    login: logins.rows[0]?.[0] ?? undefined,
    keys: keys.rows.map(([id, innerPad]) => ({ id: id ?? '', innerPad: innerPad ?? '' })),
    applied: new Map(files.rows.map(([key, hash]) => [key ?? '', hash ?? ''])),
  }
}

export interface Role {
  /** Whether it could bypass row security; see `rowgate.unsafe_login`. */
  readonly isUnsafe: boolean
}

/** Undefined if there is no such role. */
export async function readRole(owner: Owner, name: string): Promise<Role | undefined> {
  const { rows } = await owner(`select r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication
      or exists (select from pg_auth_members m where m.member = r.oid)
      or exists (select from pg_shdepend d
        where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o')
    from pg_roles r where r.rolname = ${literal(name)}`)
  const [row] = rows
  return row === undefined ? undefined : { isUnsafe: row[0] === 't' }
}
