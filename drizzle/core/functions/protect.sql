-- For the owner's migrations: enables and forces row security on a table, and gives the restricted login exactly these privileges.
-- Restrictive policies refuse its writes in a transaction that was entered to read: transaction_read_only alone does not hold,
-- because before PostgreSQL 16 set_config('transaction_read_only', null, true) takes it back. Triggers report written rows to
-- the audit row of the transaction.
create or replace function rowgate.protect(relation regclass, privileges text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  privilege text;
  key text := (
    select string_agg(quote_literal(a.attname), ', ' order by array_position(i.indkey::smallint[], a.attnum))
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey::smallint[])
    where i.indrelid = relation and i.indisprimary
  );
begin
  if privileges !~ '^(select|insert|update|delete)(, (select|insert|update|delete))*$' then
    raise exception 'privileges are a list of select, insert, update, delete' using errcode = '22023';
  end if;
  execute format('alter table %s enable row level security', relation);
  execute format('alter table %s force row level security', relation);
  execute format('revoke all on %s from public, rowgate_app', relation);
  execute format('grant %s on %s to rowgate_app', privileges, relation);
  foreach privilege in array array['insert', 'update', 'delete'] loop
    execute format('drop policy if exists %I on %s', 'rowgate_' || privilege, relation);
    execute format('drop trigger if exists %I on %s', 'rowgate_touched_by_' || privilege, relation);
    if privilege = any (string_to_array(privileges, ', ')) then
      execute format(
        'create policy %I on %s as restrictive for %s to rowgate_app %s ((select rowgate.may_write()))',
        'rowgate_' || privilege, relation, privilege, case privilege when 'insert' then 'with check' else 'using' end
      );
      if key is not null then
        execute format(
          'create trigger %I after %s on %s referencing %s table as changed for each statement execute function rowgate.touched(%s)',
          'rowgate_touched_by_' || privilege, privilege, relation, case privilege when 'delete' then 'old' else 'new' end, key
        );
      end if;
    end if;
  end loop;
end
$$;

-- The trigger of every table that the login may write: which rows a statement changed, for the audit row of its transaction.
create or replace function rowgate.touched() returns trigger
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  known jsonb;
  changed_count integer;
  changed_ids jsonb;
begin
  if coalesce(current_setting('rowgate.context', true), '') = '' then
    return null;
  end if;
  execute format(
    'select count(*), coalesce(jsonb_agg(key) filter (where place <= 100), %L) from ('
    'select left(concat_ws(%L, $1, %s), 200) as key, row_number() over () as place from changed) q',
    '[]', '/', (select string_agg(quote_ident(a.name), ', ' order by a.place) from unnest(tg_argv) with ordinality as a (name, place))
  ) into changed_count, changed_ids using tg_table_name;
  if changed_count = 0 then
    return null;
  end if;
  known := coalesce(nullif(current_setting('rowgate.touched', true), '')::jsonb, '{"count": 0, "ids": []}');
  perform set_config('rowgate.touched', jsonb_build_object(
    'count', (known ->> 'count')::integer + changed_count,
    'ids', case when jsonb_array_length(known -> 'ids') < 100 then jsonb_path_query_array(known -> 'ids' || changed_ids, '$[0 to 99]')
      else known -> 'ids' end
  )::text, true);
  return null;
end
$$;

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
