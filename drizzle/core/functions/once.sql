-- Idempotent writes, in the write's own transaction.
--
-- A write begins with `rowgate.once(source, tool, key, arguments_hash)`. It returns NULL the first time: then
-- the write is done, and `rowgate.once_done(source, tool, key, result)` stores its result. Another call with
-- the same key within 24 h gets that result (an object, or `{}` if none was stored) and writes nothing. Keys
-- belong to a caller. RG005: the key was used with other arguments. Of two calls at once the second waits for
-- the first to end.
--
-- It needs READ COMMITTED, so that each statement sees what others have committed since.
create or replace function rowgate.once(source text, tool text, key text, arguments_hash text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller jsonb := rowgate.writing_claims();
  known_hash text;
  known_result jsonb;
begin
  if once.source is null or once.tool is null or once.arguments_hash is null or length(once.key) not between 1 and 255 then
    raise exception 'source, tool, key and arguments_hash are texts, key of 1 to 255 characters' using errcode = '22023';
  end if;
  -- Deletes some expired entries of anybody's: few, so that no call pays for many.
  delete from rowgate.once o where o.ctid = any (array(
    select x.ctid from rowgate.once x where x.at < now() - interval '24 hours' order by x.at limit 20 for update skip locked));
  delete from rowgate.once o
  where o.tenant_id = caller ->> 'tenant' and o.user_id = caller ->> 'sub' and o.source = once.source and o.tool = once.tool
    and o.key = once.key and o.at < now() - interval '24 hours';
  insert into rowgate.once (tenant_id, user_id, source, tool, key, arguments_hash)
  values (caller ->> 'tenant', caller ->> 'sub', once.source, once.tool, once.key, once.arguments_hash)
  on conflict on constraint once_pkey do nothing;
  if found then
    return null;
  end if;
  select o.arguments_hash, o.result into known_hash, known_result from rowgate.once o
  where o.tenant_id = caller ->> 'tenant' and o.user_id = caller ->> 'sub' and o.source = once.source and o.tool = once.tool
    and o.key = once.key;
  if known_hash is distinct from once.arguments_hash then
    raise exception 'the key was used with other arguments' using errcode = 'RG005';
  end if;
  return coalesce(known_result, '{}');
end
$$;

-- Stores the result of a write that `rowgate.once` let through, of 8 kB at most.
create or replace function rowgate.once_done(source text, tool text, key text, result jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller jsonb := rowgate.writing_claims();
begin
  if octet_length(once_done.result::text) > 8192 then
    raise exception 'a result is 8192 bytes at most' using errcode = '22023';
  end if;
  update rowgate.once o set result = once_done.result
  where o.tenant_id = caller ->> 'tenant' and o.user_id = caller ->> 'sub' and o.source = once_done.source
    and o.tool = once_done.tool and o.key = once_done.key and o.at = now() and o.result is null;
end
$$;

-- Reports rows that our statement wrote through a view to the transaction's audit row, as the triggers of
-- `rowgate.touched` do for tables: `target/key` for each key, 100 at most. Returns the number of keys. It is
-- called with the result of RETURNING: `with w as (update … returning id) select rowgate.written('issues',
-- array(select id::text from w))`.
create or replace function rowgate.written(target text, keys text[]) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  known jsonb := coalesce(nullif(current_setting('rowgate.touched', true), '')::jsonb, '{"count": 0, "ids": []}');
begin
  perform rowgate.writing_claims();
  perform set_config('rowgate.touched', jsonb_build_object(
    'count', (known ->> 'count')::integer + cardinality(keys),
    'ids', jsonb_path_query_array(known -> 'ids' || coalesce((
      select jsonb_agg(left(concat_ws('/', target, k.key), 200) order by k.place)
      from unnest(keys[1:100]) with ordinality as k (key, place)
    ), '[]'), '$[0 to 99]')
  )::text, true);
  return cardinality(keys);
end
$$;

-- `rowgate.once` for a write that cannot ask it: a statement before the write, which ends the transaction if the key was used
-- before (RG006). `rowgate.once` then gives what was kept.
create or replace function rowgate.must_be_first(source text, tool text, key text, arguments_hash text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if rowgate.once(source, tool, key, arguments_hash) is not null then
    raise exception 'the key was used before' using errcode = 'RG006';
  end if;
end
$$;

-- Ends a transaction whose statement wrote more rows than may be written without asking (RG007).
create or replace function rowgate.must_be_few(written integer, most integer) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if written > most then
    raise exception '% rows', written using errcode = 'RG007';
  end if;
end
$$;

-- The claims of a transaction that was entered to write. Internal.
create or replace function rowgate.writing_claims() returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb := rowgate.claims();
begin
  if claims is null or claims ->> 'access' <> 'write' then
    raise exception 'the transaction was not entered to write' using errcode = '42501';
  end if;
  return claims;
end
$$;
