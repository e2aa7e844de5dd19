/** What a safe database wants beyond what Rowgate may change: checked, and said with the statement that would do it. */

import type { Owner } from './backend.ts'
import { identifier } from './literal.ts'

export interface Advice {
  readonly why: string
  readonly statement: string
}

/** More tables than this are counted and not listed. */
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
            why: 'Every login may make temporary tables here. Rowgate looks names up there last; nobody gains by it, and few need it.',
            statement: `revoke temporary on database ${identifier(database ?? '')} from public;`,
          },
        ]
      : []),
    ...schemas.rows.map(([name]) => ({
      why: `Every login may make tables and functions in the schema ${name}, where later statements could find them first.`,
      statement: `revoke create on schema ${name} from public;`,
    })),
    ...names.slice(0, MAX_TABLES).map((name) => ({
      why: `Every login may read ${name}, all of its rows, and so may every caller of \`query\` whose schemas hold it.`,
      statement: `revoke select on ${name} from public;`,
    })),
    ...(names.length > MAX_TABLES
      ? [
          {
            why: `So it is with ${names.length - MAX_TABLES} more tables.`,
            statement: `-- ${names.slice(MAX_TABLES).join(', ')}`,
          },
        ]
      : []),
  ]
}

export function adviceText(advice: readonly Advice[]): string {
  if (advice.length === 0) return ''
  const lines = advice.map(({ why, statement }) => `    -- ${why}\n    ${statement}`)
  return `\nRowgate changes nothing that is not its own. A safe database wants this beyond, which its owner can run:\n\n${lines.join('\n')}`
}

const PRIVILEGES = `select current_database(), exists (
    select from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
    where d.datname = current_database() and a.grantee = 0 and a.privilege_type = 'TEMPORARY')`

const OURS_OR_POSTGRES = "('rowgate', 'pg_catalog', 'information_schema')"

const OPEN_SCHEMAS = `select quote_ident(n.nspname)
  from pg_namespace n, aclexplode(n.nspacl) a
  where a.grantee = 0 and a.privilege_type = 'CREATE' and n.nspname not in ${OURS_OR_POSTGRES}
  order by 1`

/** Views and tables without row security, in schemas that the login can use, which PUBLIC may read. */
const OPEN_TABLES = `select distinct c.oid::regclass::text
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relrowsecurity and a.grantee = 0 and a.privilege_type = 'SELECT'
    and n.nspname not in ${OURS_OR_POSTGRES} and has_schema_privilege(rowgate.login(), n.oid, 'usage')
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  order by 1`
