-- For a table's owner: enables row security, and grants the Worker's login exactly these privileges on the
-- table, and USAGE on its schema. Nothing changes for other roles: the owner sees the same rows as before,
-- and no privilege of another role or of PUBLIC is revoked. For Rowgate's own tables the migrations also
-- force row security.
--
-- Restrictive policies refuse the login's writes in a transaction that was entered to read.
-- transaction_read_only alone does not hold, because before PostgreSQL 16 set_config('transaction_read_only',
-- null, true) takes it back. A kind of write that is not granted is always refused, even where PUBLIC has the
-- privilege. Triggers report written rows to the transaction's audit row.
create or replace function rowgate.protect(relation regclass, privileges text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  login name := rowgate.login();
  given text[] := string_to_array(privileges, ', ');
  namespace oid := (select c.relnamespace from pg_class c where c.oid = relation);
  key text := (
    select string_agg(quote_literal(a.attname), ', ' order by array_position(i.indkey::smallint[], a.attnum))
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey::smallint[])
    where i.indrelid = relation and i.indisprimary
  );
  privilege text;
begin
  if privileges !~ '^(select|insert|update|delete)(, (select|insert|update|delete))*$' then
    raise exception 'privileges are a list of select, insert, update, delete' using errcode = '22023';
  end if;
  if login is null then
    raise exception 'this database has no login of Rowgate yet: run db:migrate first' using errcode = '55000';
  end if;
  execute format('alter table %s enable row level security', relation);
  if not has_schema_privilege(login, namespace, 'usage') then
    execute format('grant usage on schema %s to %I', namespace::regnamespace, login);
  end if;
  foreach privilege in array array['select', 'insert', 'update', 'delete'] loop
    if privilege = any (given) then
      execute format('grant %s on %s to %I', privilege, relation, login);
    else
      execute format('revoke %s on %s from %I', privilege, relation, login);
    end if;
    continue when privilege = 'select';
    execute format('drop policy if exists %I on %s', 'rowgate_' || privilege, relation);
    execute format(
      'create policy %I on %s as restrictive for %s to %I %s (%s)',
      'rowgate_' || privilege, relation, privilege, login, case privilege when 'insert' then 'with check' else 'using' end,
      case when privilege = any (given) then '(select rowgate.may_write())' else 'false' end
    );
    execute format('drop trigger if exists %I on %s', 'rowgate_touched_by_' || privilege, relation);
    continue when key is null or privilege <> all (given);
    execute format(
      'create trigger %I after %s on %s referencing %s table as changed for each statement execute function rowgate.touched(%s)',
      'rowgate_touched_by_' || privilege, privilege, relation, case privilege when 'delete' then 'old' else 'new' end, key
    );
  end loop;
end
$$;

-- The trigger on every table that the login may write: collects the rows that a statement changed, for the
-- transaction's audit row.
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
