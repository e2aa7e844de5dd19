/**
 * The one SELECT that reads a catalogue, as JSON in the shape of `Catalogue`. One statement sees one state of
 * the database. Names print qualified, because the search path is pg_catalog alone.
 */

import { literal } from '../../../local/postgres/literal.ts'

/** `schemas` are names as the database has them. */
export function catalogueQuery(schemas: readonly string[]): string {
  const named = `array[${schemas.map(literal).join(', ')}]::text[]`
  return `select pg_catalog.set_config('search_path', 'pg_catalog', true);
with recursive ${DOMAINS}, ${PARTITIONS},
${statistics(named)}
select json_build_object(
  'database', current_database(),
  'version', current_setting('server_version_num')::integer,
  'user', current_user,
  'roles', (select coalesce(json_agg(rolname order by rolname), '[]') from pg_roles where rolname !~ '^pg_'),
  'tables', (
    select coalesce(json_agg(${TABLE} order by n.nspname, c.relname), '[]')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (${named}) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
      and not exists (${ofExtension('pg_class', 'c.oid')})
  )
)`
}

function ofExtension(catalog: string, oid: string): string {
  return `select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e'`
}

/** The type beneath each domain, however many lie between. */
const DOMAINS = `domains (domain, base) as (
  select oid, typbasetype from pg_type where typtype = 'd'
  union all
  select d.domain, t.typbasetype from domains d join pg_type t on t.oid = d.base where t.typtype = 'd'
), base_types (domain, base) as (
  select d.domain, d.base from domains d join pg_type t on t.oid = d.base where t.typtype <> 'd'
)`

/** Each partitioned table with itself and its partitions of every level. */
const PARTITIONS = `members (root, relation) as (
  select oid, oid from pg_class where relkind = 'p' and not relispartition
  union all
  select m.root, i.inhrelid from members m join pg_inherits i on i.inhparent = m.relation
)`

/** Columns of which statistics hold values. `pg_stats` has those that the reader may read. */
function statistics(named: string): string {
  return `known_values as materialized (
  select distinct schemaname, tablename, attname from pg_stats
  where schemaname = any (${named}) and (most_common_vals is not null or histogram_bounds is not null)
)`
}

const COLUMN = `json_build_object(
  'name', a.attname,
  'type', format_type(a.atttypid, a.atttypmod),
  'baseType', format_type(coalesce(b.base, a.atttypid), case when b.base is null then a.atttypmod else -1 end),
  'typeKind', case t.typtype when 'b' then 'base' when 'c' then 'composite' when 'd' then 'domain' when 'e' then 'enum'
    when 'r' then 'range' when 'm' then 'multirange' else 'pseudo' end,
  'isArray', coalesce(u.typcategory, t.typcategory) = 'A',
  'values', (
    select coalesce(json_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_enum e
    where e.enumtypid in (t.oid, u.oid, nullif(t.typelem, 0), nullif(u.typelem, 0))
  ),
  'notNull', a.attnotnull or t.typnotnull,
  'hasDefault', a.atthasdef and a.attgenerated = '' or a.attidentity <> '' or t.typdefault is not null,
  'generated', a.attgenerated <> '' or a.attidentity = 'a',
  'sequence', (
    select s.oid::regclass::text from pg_depend d join pg_class s on s.oid = coalesce(
      case when d.classid = 'pg_class'::regclass then d.objid end, d.refobjid)
    where s.relkind = 'S' and (
      (d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
        and d.refobjsubid = a.attnum and d.deptype = 'i')
      or (d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.objid = (
        select f.oid from pg_attrdef f where f.adrelid = c.oid and f.adnum = a.attnum))
    )
    limit 1
  ),
  'comment', col_description(c.oid, a.attnum),
  'hasStatistics', k.attname is not null
)`

const COLUMNS = `(
  select coalesce(json_agg(${COLUMN} order by a.attnum), '[]')
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  left join base_types b on b.domain = a.atttypid
  left join pg_type u on u.oid = b.base
  left join known_values k on k.schemaname = n.nspname and k.tablename = c.relname and k.attname = a.attname
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
)`

/** The names of a list of attribute numbers, in its order; an expression's is null. */
function names(relation: string, numbers: string): string {
  return `(
    select coalesce(json_agg(a.attname order by k.place), '[]')
    from unnest(${numbers}) with ordinality as k (attnum, place)
    left join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.attnum and k.attnum > 0
  )`
}

const INDEX_COLUMNS = '(i.indkey::int2[])[0 : i.indnkeyatts - 1]'

const KEY = `coalesce((
  select ${names('c.oid', INDEX_COLUMNS)}
  from pg_index i
  where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indpred is null
    and not exists (
      select from unnest(${INDEX_COLUMNS}) as k (attnum)
      where not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attnum = k.attnum and k.attnum > 0 and a.attnotnull
      )
    )
  order by i.indisprimary desc, i.indexrelid limit 1
), '[]')`

const FOREIGN_KEYS = `(
  select coalesce(json_agg(json_build_object(
    'name', f.conname, 'columns', ${names('f.conrelid', 'f.conkey')}, 'schema', fn.nspname, 'table', fc.relname,
    'to', ${names('f.confrelid', 'f.confkey')}
  ) order by f.conname), '[]')
  from pg_constraint f join pg_class fc on fc.oid = f.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
  where f.conrelid = c.oid and f.contype = 'f' and not fc.relispartition
)`

const INDEXES = `(
  select coalesce(json_agg(json_build_object(
    'name', x.relname, 'columns', ${names('i.indrelid', INDEX_COLUMNS)},
    'unique', i.indisunique, 'partial', i.indpred is not null
  ) order by x.relname), '[]')
  from pg_index i join pg_class x on x.oid = i.indexrelid
  where i.indrelid = c.oid and i.indisvalid
)`

/** The bits are those of `pg_trigger.h`: insert 4, delete 8, update 16. Partitions' own triggers count. */
const TRIGGERS = `(
  select coalesce(json_agg(json_build_object(
    'name', g.tgname, 'definer', p.prosecdef,
    'events', array_remove(array[case when g.tgtype & 4 > 0 then 'insert' end, case when g.tgtype & 16 > 0 then 'update' end,
      case when g.tgtype & 8 > 0 then 'delete' end], null)
  ) order by g.tgname, g.oid), '[]')
  from pg_trigger g join pg_proc p on p.oid = g.tgfoid
  where (g.tgrelid = c.oid or g.tgparentid = 0 and g.tgrelid in (select m.relation from members m where m.root = c.oid))
    and not g.tgisinternal and g.tgenabled <> 'D' and g.tgtype & 28 > 0
)`

const POLICIES = `(
  select coalesce(json_agg(json_build_object(
    'name', p.polname, 'permissive', p.polpermissive,
    'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    'roles', (select json_agg(case role when 0 then 'PUBLIC' else pg_get_userbyid(role) end) from unnest(p.polroles) as role)
  ) order by p.polname), '[]')
  from pg_policy p where p.polrelid = c.oid
)`

const GRANTEES = `(
  select coalesce(json_agg(distinct case g.grantee when 0 then 'PUBLIC' else pg_get_userbyid(g.grantee) end), '[]')
  from (
    select (aclexplode(c.relacl)).grantee
    union
    select (aclexplode(a.attacl)).grantee from pg_attribute a
    where a.attrelid = c.oid and not a.attisdropped and a.attacl is not null
  ) g
  where g.grantee <> c.relowner
)`

/** Dependencies of a view's rule on one catalog. */
function viewReads(what: string, from: string): string {
  return `(
    select coalesce(json_agg(distinct ${what}), '[]')
    from pg_rewrite r
    join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    ${from}
    where r.ev_class = c.oid and c.relkind in ('v', 'm')
  )`
}

const READ_TABLES = `join pg_class x on d.refclassid = 'pg_class'::regclass and x.oid = d.refobjid and x.oid <> c.oid
    join pg_namespace xn on xn.oid = x.relnamespace`

const TABLE = `json_build_object(
  'schema', n.nspname,
  'name', c.relname,
  'kind', case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
    when 'm' then 'materialized view' else 'foreign table' end,
  'owner', pg_get_userbyid(c.relowner),
  'mayGrant', pg_has_role(c.relowner, 'usage'),
  'comment', obj_description(c.oid, 'pg_class'),
  'estimatedRows', case when c.relkind = 'p' then (
      select sum(x.reltuples)::bigint from members m join pg_class x on x.oid = m.relation
      where m.root = c.oid and x.relkind <> 'p' and x.reltuples >= 0
    ) when c.reltuples >= 0 then c.reltuples::bigint end,
  'bytes', case when c.relkind = 'p' then (
      select coalesce(sum(x.relpages::bigint), 0) from members m join pg_class x on x.oid = m.relation
      where m.root = c.oid
    ) else c.relpages::bigint end * current_setting('block_size')::integer,
  'columns', ${COLUMNS},
  'key', ${KEY},
  'foreignKeys', ${FOREIGN_KEYS},
  'indexes', ${INDEXES},
  'triggers', ${TRIGGERS},
  'rowSecurity', json_build_object('enabled', c.relrowsecurity, 'forced', c.relforcerowsecurity),
  'policies', ${POLICIES},
  'grantees', ${GRANTEES},
  'partitionKey', coalesce((
    select json_agg(a.attname order by k.place)
    from pg_partitioned_table p, unnest(p.partattrs::int2[]) with ordinality as k (attnum, place)
    join pg_attribute a on a.attnum = k.attnum
    where p.partrelid = c.oid and a.attrelid = c.oid and k.attnum > 0
  ), '[]'),
  'reads', ${viewReads("xn.nspname || '.' || x.relname", READ_TABLES)},
  'readsColumns', ${viewReads(
    "xn.nspname || '.' || x.relname || '.' || y.attname",
    `${READ_TABLES} join pg_attribute y on y.attrelid = x.oid and y.attnum = d.refobjsubid and d.refobjsubid > 0`,
  )},
  'securityInvoker', coalesce((
    select o.option_value::boolean from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker'
  ), false),
  'definerFunctions', ${viewReads(
    'd.refobjid::regprocedure::text',
    `join pg_proc p on d.refclassid = 'pg_proc'::regclass and p.oid = d.refobjid and p.prosecdef`,
  )}
)`
