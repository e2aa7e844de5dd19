/**
 * Hardening advice. Rowgate changes only its own objects, so it checks the others and prints the statement
 * for the owner.
 */

import type { Owner } from './backend.ts'
import { identifier } from './literal.ts'

export interface Advice {
  readonly why: string
  readonly statement: string
}

/** Further tables are only counted. */
const MAX_TABLES = 5

export async function adviceFor(owner: Owner): Promise<Advice[]> {
  const [privileges, schemas, tables] = [
    await owner(PRIVILEGES),
    await owner(OPEN_SCHEMAS),
    await owner(OPEN_TABLES),
  ]
  const [database, mayMakeTemporary] = privileges.rows[0] ?? []
  const names = tables.rows.map(([name]) => name ?? '')
  return [
    ...(mayMakeTemporary === 't'
      ? [
          {
            why: 'Every login may create temporary tables here, which few need. (Rowgate resolves names in pg_temp last, so a caller gains nothing by it.)',
            statement: `revoke temporary on database ${identifier(database ?? '')} from public;`,
          },
        ]
      : []),
    ...schemas.rows.map(([name]) => ({
      why: `Every login may create tables and functions in the schema ${name}, which later statements could find first.`,
      statement: `revoke create on schema ${name} from public;`,
    })),
    ...names.slice(0, MAX_TABLES).map((name) => ({
      why: `Every login may read all rows of ${name}, and so may every caller of \`query\` if its schema is served.`,
      statement: `revoke select on ${name} from public;`,
    })),
    ...(names.length > MAX_TABLES
      ? [
          {
            why: `The same is true of ${names.length - MAX_TABLES} more tables.`,
            statement: `-- ${names.slice(MAX_TABLES).join(', ')}`,
          },
        ]
      : []),
  ]
}

export function adviceText(advice: readonly Advice[]): string {
  if (advice.length === 0) return ''
  const lines = advice.map(({ why, statement }) => `    -- ${why}\n    ${statement}`)
  return `\nRowgate changes only its own objects. To make the database safer, its owner can run:\n\n${lines.join('\n')}`
}

const PRIVILEGES = `select current_database(), exists (
    select from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    where d.datname = current_database() and a.grantee = 0 and a.privilege_type = 'TEMPORARY')`

const OURS_OR_POSTGRES = "('rowgate', 'pg_catalog', 'information_schema')"

const OPEN_SCHEMAS = `select quote_ident(n.nspname)
  from pg_namespace n, aclexplode(n.nspacl) a
  where a.grantee = 0 and a.privilege_type = 'CREATE' and n.nspname not in ${OURS_OR_POSTGRES}
  order by 1`

/** Views, and tables without row security, that PUBLIC may read, in schemas that the login can use. */
const OPEN_TABLES = `select distinct c.oid::regclass::text
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relrowsecurity and a.grantee = 0 and a.privilege_type = 'SELECT'
    and n.nspname not in ${OURS_OR_POSTGRES} and has_schema_privilege(rowgate.login(), n.oid, 'usage')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by 1`
