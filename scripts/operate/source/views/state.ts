/** State of the views in a database: read by SELECT, before a plan is made. */

import * as z from 'zod'
import type { Owner } from '../../../local/postgres/backend.ts'
import { literal } from '../../../local/postgres/literal.ts'
import type { CatalogueTable } from '../catalogue.ts'

/** The policy by which everybody but the reader sees what they saw. It marks tables that `up` secured. */
export const OTHERS_POLICY = 'rowgate_others'

const viewsState = z.object({
  superuser: z.boolean(),
  mayMakeRoles: z.boolean(),
  mayMakeSchemas: z.boolean(),
  /** The reader's role; null: none. */
  reader: z.object({ isPlain: z.boolean() }).nullable(),
  viewSchema: z
    .object({
      owner: z.string(),
      /** Other objects in it, that are not the reader's. */
      strangers: z.array(z.string()),
      comment: z.string().nullable(),
    })
    .nullable(),
  schemas: z.array(z.object({ name: z.string(), mayGrant: z.boolean(), isOpen: z.boolean() })),
  /** Tables that `up` secured. `isShared`: others have made policies on them since. */
  secured: z.array(z.object({ schema: z.string(), name: z.string(), isShared: z.boolean() })),
})

export type ViewsState = z.output<typeof viewsState>

export function isSecured(
  { secured }: ViewsState,
  { schema, name }: Pick<CatalogueTable, 'schema' | 'name'>,
): boolean {
  return secured.some((each) => each.schema === schema && each.name === name)
}

/** The mark that `up` puts on the view schema, to know it again. */
export interface ViewsMark {
  /** Of what was made. */
  readonly hash: string
  /** That the login may use, quoted for SQL. */
  readonly sequences: readonly string[]
}

const MARK_WORDS = 'Views of Rowgate, made anew by each `rowgate up`. '
const viewsMark = z.object({ hash: z.string(), sequences: z.array(z.string()) })

export function markText(mark: ViewsMark): string {
  return MARK_WORDS + JSON.stringify(mark)
}

export function readMark({ viewSchema }: ViewsState): ViewsMark | undefined {
  const comment = viewSchema?.comment
  if (!comment?.startsWith(MARK_WORDS)) return undefined
  try {
    return viewsMark.safeParse(JSON.parse(comment.slice(MARK_WORDS.length))).data
  } catch {
    return undefined
  }
}

export async function readViewsState(
  owner: Owner,
  { reader, viewSchema }: { reader: string; viewSchema: string },
): Promise<ViewsState> {
  const { rows } = await owner(stateQuery(literal(reader), literal(viewSchema)))
  return viewsState.parse(JSON.parse(rows[0]?.[0] ?? 'null'))
}

function stateQuery(reader: string, viewSchema: string): string {
  const readerOid = `(select r.oid from pg_roles r where r.rolname = ${reader})`
  return `select pg_catalog.set_config('search_path', 'pg_catalog', true);
select json_build_object(
  'superuser', (select r.rolsuper from pg_roles r where r.rolname = current_user),
  'mayMakeRoles', (select r.rolsuper or r.rolcreaterole from pg_roles r where r.rolname = current_user),
  'mayMakeSchemas', has_database_privilege(current_database(), 'create'),
  'reader', (
    select json_build_object('isPlain', not (r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole
      or r.rolcreatedb or r.rolreplication or exists (select from pg_auth_members m where m.member = r.oid)))
    from pg_roles r where r.rolname = ${reader}
  ),
  'viewSchema', (
    select json_build_object(
      'owner', pg_get_userbyid(n.nspowner),
      'comment', obj_description(n.oid, 'pg_namespace'),
      'strangers', (
        select coalesce(json_agg(x.name order by x.name), '[]') from (
          select c.oid::regclass::text as name from pg_class c
          where c.relnamespace = n.oid and c.relkind <> 'i' and c.relowner is distinct from ${readerOid}
          union all
          select p.oid::regprocedure::text from pg_proc p
          where p.pronamespace = n.oid and p.proowner is distinct from ${readerOid}
        ) x
      )
    )
    from pg_namespace n where n.nspname = ${viewSchema}
  ),
  'schemas', (
    select json_agg(json_build_object('name', n.nspname, 'mayGrant', pg_has_role(n.nspowner, 'usage'),
      'isOpen', exists (
        select from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
        where a.grantee = 0 and a.privilege_type = 'USAGE'
      )))
    from pg_namespace n
  ),
  'secured', (
    select coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'isShared', exists (
      select from pg_policy o where o.polrelid = p.polrelid and o.polname not like 'rowgate%'
    ))), '[]')
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
    where p.polname = ${literal(OTHERS_POLICY)}
  )
)`
}
