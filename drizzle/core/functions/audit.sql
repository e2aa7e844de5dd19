-- The audit log: one row per tool call, chained by hash per tenant. Only these functions add rows, and only
-- rows that the Worker signed.

-- SHA-256 of the previous hash and of every column, each with its length in front, so that no two rows hash
-- the same text.
create or replace function rowgate.audit_hash(before bytea, l rowgate.audit_log) returns bytea
language sql immutable as $$
  select sha256(before || convert_to((
    select string_agg(coalesce(octet_length(field) || ':' || field, '-'), ',' order by place)
    from unnest(array[
      l.tenant_id, l.seq::text, l.id::text, (extract(epoch from l.at) * 1000000)::bigint::text, l.user_id, l.client_id, l.tool,
      l.outcome, l.duration_ms::text, l.request_id, l.arguments_hash, to_jsonb(l.targets)::text, l.target_count::text
    ]) with ordinality as fields (field, place)
  ), 'UTF8'))
$$;

-- Adds one tenant's entries to its chain, in their order. An id that exists already is skipped.
create or replace function rowgate.append_audit(tenant text, entries jsonb) returns void
language plpgsql volatile as $$
declare
  head rowgate.audit_heads;
  entry jsonb;
  added rowgate.audit_log;
begin
  select * into head from rowgate.audit_heads h where h.tenant_id = tenant for update;
  if not found then
    insert into rowgate.audit_heads (tenant_id) values (tenant) on conflict do nothing;
    select * into strict head from rowgate.audit_heads h where h.tenant_id = tenant for update;
  end if;
  for entry in select value from jsonb_array_elements(entries) loop
    added.id := (entry ->> 'id')::uuid;
    continue when exists (select from rowgate.audit_log l where l.id = added.id);
    added.tenant_id := tenant;
    added.seq := head.seq + 1;
    added.at := to_timestamp((entry ->> 'at')::double precision / 1000);
    added.user_id := entry ->> 'sub';
    added.client_id := entry ->> 'client';
    added.tool := entry ->> 'tool';
    added.outcome := entry ->> 'outcome';
    added.duration_ms := (entry ->> 'ms')::integer;
    added.request_id := entry ->> 'request';
    added.arguments_hash := entry ->> 'arguments';
    added.targets := array(select jsonb_array_elements_text(entry -> 'targets'));
    added.target_count := (entry ->> 'count')::integer;
    added.hash := rowgate.audit_hash(head.hash, added);
    insert into rowgate.audit_log values (added.*);
    head.seq := added.seq;
    head.hash := added.hash;
  end loop;
  update rowgate.audit_heads h set seq = head.seq, hash = head.hash where h.tenant_id = tenant;
end
$$;

-- Expands the short form `{ id, callers: [[sub, tenant, client]], arguments: [hash], rows: [[caller, tool,
-- outcome, at, ms, request, arguments, count, target…]] }`. `id` is the first row's; the last two digits of
-- the others' ids count up from it.
create or replace function rowgate.audit_entries(content jsonb) returns jsonb
language sql immutable as $$
  select jsonb_agg(jsonb_build_object(
    'id', left(content ->> 'id', 34) || lpad(to_hex(place - 1), 2, '0'),
    'sub', caller -> 0, 'tenant', caller -> 1, 'client', caller -> 2,
    'tool', item -> 1, 'outcome', item -> 2, 'at', item -> 3, 'ms', item -> 4, 'request', item -> 5,
    'arguments', content -> 'arguments' -> (item ->> 6)::integer,
    'count', item -> 7, 'targets', jsonb_path_query_array(item, '$[8 to last]')
  ) order by place)
  from jsonb_array_elements(content -> 'rows') with ordinality as r (item, place),
    lateral (select content -> 'callers' -> (item ->> 0)::integer) as c (caller)
$$;

-- The entries that the Worker signed (`key id.base64(json).hex(mac)`) if they are authentic and not expired,
-- or NULL. They come in a short form that lists shared values once, because their length is most of their
-- cost. The long form, `{ entries }`, is accepted as well.
create or replace function rowgate.open_audit(sealed text) returns jsonb
language plpgsql volatile as $$
declare
  parts text[] := string_to_array(sealed, '.');
  content jsonb;
  seconds_left numeric;
begin
  if octet_length(sealed) > 4194304 or cardinality(parts) <> 3 or parts[2] !~ '^[A-Za-z0-9+/]+={0,2}$'
    or not rowgate.authentic(parts[1], 'audit ' || parts[2], parts[3]) then
    return null;
  end if;
  content := convert_from(decode(parts[2], 'base64'), 'UTF8')::jsonb;
  -- Compared with the transaction's start: the write before this row may take longer than the signature
  -- lives.
  seconds_left := (content ->> 'exp')::numeric - extract(epoch from transaction_timestamp());
  if seconds_left > 0 and seconds_left <= 300 then
    return coalesce(content -> 'entries', rowgate.audit_entries(content));
  end if;
  return null;
exception when data_exception then
  return null;
end
$$;

-- The last statement of a write: adds its audit row in the same transaction. RG004: this caller may not add
-- this row here.
create or replace function rowgate.audit(sealed text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb := rowgate.claims();
  entries jsonb := rowgate.open_audit(sealed);
  entry jsonb := entries -> 0;
  touched jsonb := nullif(current_setting('rowgate.touched', true), '')::jsonb;
begin
  if claims is null or claims ->> 'access' <> 'write' or entries is null or jsonb_array_length(entries) <> 1
    or entry ->> 'sub' is distinct from claims ->> 'sub' or entry ->> 'tenant' is distinct from claims ->> 'tenant' then
    raise exception 'the audit row is refused' using errcode = 'RG004';
  end if;
  entry := entry || jsonb_build_object(
    'ms', (entry ->> 'ms')::integer + (extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000)::integer,
    'targets', coalesce(touched -> 'ids', '[]'),
    'count', coalesce(touched -> 'count', '0')
  );
  perform rowgate.append_audit(claims ->> 'tenant', jsonb_build_array(entry));
end
$$;

-- Called after the response: adds the rows of calls that wrote nothing, of any callers. Each row names its
-- caller, under the MAC.
create or replace function rowgate.audit_later(sealed text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
  entries jsonb := rowgate.open_audit(sealed);
  tenant record;
begin
  if entries is null then
    raise exception 'the audit rows are refused' using errcode = 'RG004';
  end if;
  -- Always in the same order, so that two calls cannot deadlock.
  for tenant in
    select e.entry ->> 'tenant' as id, jsonb_agg(e.entry order by e.place) as entries
    from jsonb_array_elements(entries) with ordinality as e (entry, place)
    group by 1 order by min(e.entry ->> 'tenant') collate "C"
  loop
    perform rowgate.append_audit(tenant.id, tenant.entries);
  end loop;
end
$$;

-- For the owner: removes a tenant's rows from before that time, oldest first, and returns their number. The
-- rest still verifies.
create or replace function rowgate.prune_audit(tenant text, before timestamptz) returns bigint
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  last rowgate.audit_log;
  gone bigint;
begin
  perform from rowgate.audit_heads h where h.tenant_id = tenant for update;
  select l.* into last from rowgate.audit_log l
  where l.tenant_id = tenant and l.seq < coalesce(
    (select min(k.seq) from rowgate.audit_log k where k.tenant_id = tenant and k.at >= before), 'infinity'::numeric)
  order by l.seq desc limit 1;
  if not found then
    return 0;
  end if;
  delete from rowgate.audit_log l where l.tenant_id = tenant and l.seq <= last.seq;
  get diagnostics gone = row_count;
  update rowgate.audit_heads h set pruned_seq = last.seq, pruned_hash = last.hash where h.tenant_id = tenant;
  return gone;
end
$$;
