-- For the owner: keeps a table's values out of the planner's statistics, except ids, numbers, times and truth values; and those
-- of its indexed expressions. Row security hides rows, not what ANALYZE has learnt of their values. The planner uses that for
-- operators that cannot leak, such as `=` and `<` of texts, so its estimates would reveal whether another caller has a title.
-- What an earlier ANALYZE gathered stays until the column's type is set again.
create or replace function rowgate.hide_values(relation regclass) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  target text;
begin
  for target in
    select format('table %s alter column %I', relation, a.attname)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
      and t.typcategory not in ('B', 'D', 'N', 'T') and t.oid <> 'uuid'::regtype
    union all
    select format('index %s alter column %s', i.indexrelid::regclass, k.place)
    from pg_index i, unnest(i.indkey::int2[]) with ordinality as k (attribute, place)
    where i.indrelid = relation and k.attribute = 0
  loop
    execute 'alter ' || target || ' set statistics 0';
  end loop;
end
$$;
