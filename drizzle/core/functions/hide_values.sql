-- For a table's owner: keeps the table's values out of the planner's statistics, except ids, numbers, times
-- and booleans; and those of its indexed expressions and statistics objects. Existing statistics are removed.
--
-- Row security hides rows, but not the statistics that ANALYZE takes of their values. The planner uses them
-- for leakproof operators, such as `=` and `<` of texts, so its estimates would reveal whether another caller
-- has a title.
create or replace function rowgate.hide_values(relation regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  target text;
begin
  perform rowgate.forget_values(relation);
  for target in
    select format('table %s alter column %I', relation, a.attname)
    from pg_attribute a where a.attrelid = relation and rowgate.has_values(a)
    union all
    select format('index %s alter column %s', i.indexrelid::regclass, k.place)
    from pg_index i, unnest(i.indkey::int2[]) with ordinality as k (attribute, place)
    where i.indrelid = relation and k.attribute = 0
    union all
    select format('statistics %s.%I', s.stxnamespace::regnamespace, s.stxname)
    from pg_statistic_ext s where s.stxrelid = relation
  loop
    execute 'alter ' || target || ' set statistics 0';
  end loop;
end
$$;

-- Whether a column may contain text of people, or anything else that is no id, number, time or boolean.
create or replace function rowgate.has_values(attribute pg_attribute) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select attribute.attnum > 0 and not attribute.attisdropped
    and t.typcategory not in ('B', 'D', 'N', 'T') and t.oid <> 'uuid'::regtype
  from pg_type t where t.oid = attribute.atttypid
$$;

-- Removes the statistics of such columns and of indexed expressions.
--
-- A superuser deletes them. Anybody else has one way: when a column's type is set again, Postgres drops its
-- statistics and rebuilds its indexes and statistics objects, without rewriting rows. It refuses that for a
-- column in a policy, so those policies are dropped and created again, and for a column in a view, a trigger
-- or a generated column. Then this raises an error: values with statistics must not pass for hidden.
create or replace function rowgate.forget_values(relation regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  columns text;
  policies text[];
  statement text;
begin
  if (select r.rolsuper from pg_roles r where r.rolname = current_user) then
    delete from pg_statistic s
    where s.starelid = relation or s.starelid in (select i.indexrelid from pg_index i where i.indrelid = relation);
    delete from pg_statistic_ext_data d using pg_statistic_ext s where s.oid = d.stxoid and s.stxrelid = relation;
    return;
  end if;
  -- reltuples is -1 for a table that was never analysed.
  if (select c.reltuples < 0 from pg_class c where c.oid = relation) then
    return;
  end if;
  select string_agg(
      format('alter column %I type %s', a.attname, format_type(a.atttypid, a.atttypmod))
        || coalesce((
          select format(' collate %s.%I', c.collnamespace::regnamespace, c.collname)
          from pg_collation c where c.oid = a.attcollation
        ), ''),
      ', ' order by a.attnum
    )
  into columns
  from pg_attribute a
  where a.attrelid = relation and (rowgate.has_values(a) or exists (
    select from pg_index i
    join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refclassid = 'pg_class'::regclass
    where i.indrelid = relation and 0 = any (i.indkey::int2[]) and d.refobjid = relation and d.refobjsubid = a.attnum
  ));
  if columns is null then
    return;
  end if;
  policies := array(
    select distinct format(
      'create policy %I on %s as %s for %s to %s%s%s', p.polname, p.polrelid::regclass,
      case when p.polpermissive then 'permissive' else 'restrictive' end,
      case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
      (select string_agg(case role when 0 then 'public' else role::regrole::text end, ', ') from unnest(p.polroles) as role),
      ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
    ) || coalesce(format(';comment on policy %I on %s is %L', p.polname, p.polrelid::regclass, obj_description(p.oid, 'pg_policy')), '')
    from pg_policy p
    join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = relation and d.refobjsubid > 0
  );
  for statement in
    select distinct format('drop policy %I on %s', p.polname, p.polrelid::regclass)
    from pg_policy p
    join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid = relation and d.refobjsubid > 0
  loop
    execute statement;
  end loop;
  execute format('alter table %s %s', relation, columns);
  foreach statement in array policies loop
    execute statement;
  end loop;
exception when feature_not_supported then
  raise exception 'what ANALYZE has learnt of % cannot be removed by its owner: %', relation, sqlerrm
    using errcode = '0A000', hint = format('As a superuser: select rowgate.hide_values(%L)', relation);
end
$$;
