/** Why a table is left out whatever its rows: its kind, its name, its row security, or what a view reads. */

import type { CatalogueTable } from '../catalogue.ts'
import { snake } from './names.ts'

export interface OwnRefusal {
  readonly why: string
  /** Whether a person may say that it is served all the same. */
  readonly mayServe: boolean
}

const BOOKKEEPING =
  /^(schema_migrations|ar_internal_metadata|_prisma_migrations|__drizzle_migrations|knex_migrations(_lock)?|flyway_schema_history|databasechangelog(lock)?|alembic_version|django_migrations|goose_db_version|migrations|pgmigrations|sequelizemeta|typeorm_metadata|_sqlx_migrations|diesel_schema_migrations|__efmigrationshistory)$/i
/** Tables whose every row is a key to something, with an application's name before it: `core_apitoken`. */
const OF_SECRETS =
  /^(.+_)?(api_?keys?|[a-z]*tokens?|credentials?|passwords?|secrets?|password_?resets?|one_?time_?passwords?|oauth_(applications|access_grants))$/
/** Of a login. Sessions of other kinds, such as `training_sessions`, are an application's subject. */
const OF_SESSIONS = /^((user|auth|login|web|http|admin|django|rails|app|api|account)_)*sessions?$/
const OF_POSTGRES = /^(pg_|spatial_ref_sys$|geometry_columns$|geography_columns$)/

interface Around {
  readonly tables: readonly CatalogueTable[]
  /** The columns of a table that are not shown whole. */
  hidden(table: CatalogueTable): readonly string[]
  readonly serve: readonly string[]
  /** As the file names it. */
  readonly name: string
}

export function ownRefusal(table: CatalogueTable, around: Around): OwnRefusal | undefined {
  if (BOOKKEEPING.test(table.name)) return final('bookkeeping of a migration tool')
  if (OF_POSTGRES.test(table.name)) return final('belongs to an extension')
  if (table.kind === 'foreign table')
    return final('a foreign table: its rows are read with the rights of its server')
  if (table.kind === 'view' || table.kind === 'materialized view') return viewRefusal(table, around)
  if (around.serve.includes(around.name)) return undefined
  const secured = securedBy(table)
  if (secured !== undefined) return { why: secured, mayServe: true }
  return OF_SECRETS.test(snake(table.name)) || OF_SESSIONS.test(snake(table.name))
    ? { why: 'its name says that it holds keys to something else', mayServe: true }
    : undefined
}

function securedBy({ rowSecurity, policies }: CatalogueTable): string | undefined {
  if (!rowSecurity.enabled && policies.length === 0) return undefined
  const open = policies.filter(({ roles }) => roles.includes('PUBLIC')).map(({ name }) => name)
  const own = "it has row security of its own, on which Rowgate's reader would need a policy"
  return open.length === 0 ? own : `${own}; ${open.join(', ')} is for PUBLIC, so for the reader too`
}

/** A view shows what its owner may read. */
function viewRefusal(view: CatalogueTable, { tables, hidden }: Around): OwnRefusal | undefined {
  if (view.definerFunctions.length > 0) {
    return final(`a view that calls ${view.definerFunctions.join(', ')}, which runs with its owner's rights`)
  }
  for (const read of view.reads) {
    const table = tables.find(({ schema, name }) => `${schema}.${name}` === read)
    if (table === undefined) return final(`a view of ${read}, which is not among the schemas that are served`)
    if (securedBy(table) !== undefined) return final(`a view of ${read}, which has row security of its own`)
    const column = hidden(table).find((name) => view.readsColumns.includes(`${read}.${name}`))
    if (column !== undefined) return final(`a view that reads ${read}.${column}, which is not shown whole`)
  }
  return undefined
}

function final(why: string): OwnRefusal {
  return { why, mayServe: false }
}
