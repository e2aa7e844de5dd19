-- Who did what: one row a tool call, chained by hash per tenant. The restricted login may read what row security shows it and
-- can add a row only through the two functions at the end, which take nothing that the Worker has not signed with the
-- identity key. So not even SQL that runs as that login can write a row of its own making, or anybody else's.
create table rowgate.audit_log (
  tenant_id text not null,
  -- 1, 2, 3 within a tenant: a gap is a missing row.
  seq bigint not null,
  -- The Worker's id for the row, by which a row that is sent twice is written once.
  id uuid not null unique,
  at timestamptz not null,
  user_id text not null,
  client_id text,
  tool text not null,
  -- `success`, or the error's code.
  outcome text not null,
  duration_ms integer not null,
  request_id text not null,
  -- HMAC-SHA256 of the arguments' canonical JSON, hex. Keyed, so that a reader of the log cannot guess them one by one.
  arguments_hash text not null,
  -- `table/key` of the rows that a write changed, as the tables' own triggers saw them; of other calls the ids in the arguments.
  targets text[] not null,
  -- How many there were: `targets` holds the first 100.
  target_count integer not null,
  -- Of the row before and this one; see rowgate.audit_hash.
  hash bytea not null,
  primary key (tenant_id, seq)
);
--> statement-breakpoint
create index audit_log_own on rowgate.audit_log (tenant_id, user_id, seq desc);
--> statement-breakpoint
select rowgate.protect('rowgate.audit_log', 'select');
--> statement-breakpoint
create policy audit_log_readers on rowgate.audit_log for select to rowgate_app using (
  tenant_id = (select rowgate.tenant_id())
  and (user_id = (select rowgate.user_id()) or (select rowgate.has_scope('audit:read')))
);
--> statement-breakpoint
-- The functions below write as the owner, whom forced row security would else refuse.
create policy audit_log_keeper on rowgate.audit_log for all to current_user using (true) with check (true);
--> statement-breakpoint
-- Where each tenant's chain stands. Its row is the chain's lock: one writer a tenant at a time, and as the last statement of
-- a transaction, so that whoever holds it waits for nothing more. It is not forced, because only those functions touch it.
create table rowgate.audit_heads (
  tenant_id text primary key,
  seq bigint not null default 0,
  hash bytea not null default '',
  -- What rowgate.prune_audit has left behind: the last row that is gone, and its hash.
  pruned_seq bigint not null default 0,
  pruned_hash bytea not null default ''
) with (fillfactor = 50);
--> statement-breakpoint
alter table rowgate.audit_heads enable row level security;
--> statement-breakpoint
revoke all on rowgate.audit_heads from public, rowgate_app;
--> statement-breakpoint
-- SHA-256 of the hash before and of every column, each with its length in front, so that no two rows read the same.
create function rowgate.audit_hash(before bytea, l rowgate.audit_log) returns bytea
language sql immutable as $$
  select sha256(before || convert_to((
    select string_agg(coalesce(octet_length(field) || ':' || field, '-'), ',' order by place)
    from unnest(array[
      l.tenant_id, l.seq::text, l.id::text, (extract(epoch from l.at) * 1000000)::bigint::text, l.user_id, l.client_id, l.tool,
      l.outcome, l.duration_ms::text, l.request_id, l.arguments_hash, to_jsonb(l.targets)::text, l.target_count::text
    ]) with ordinality as fields (field, place)
  ), 'UTF8'))
$$;
--> statement-breakpoint
-- Adds one tenant's entries to its chain, in their order. An id that is there already is passed over.
create function rowgate.append_audit(tenant text, entries jsonb) returns void
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
--> statement-breakpoint
-- The entries that the Worker signed (`key id.base64(json).hex(mac)`) if they are whole, authentic and in time, or NULL.
create function rowgate.open_audit(sealed text) returns jsonb
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
  -- In time when the transaction began: what a write does before its row may take longer than that.
  seconds_left := (content ->> 'exp')::numeric - extract(epoch from transaction_timestamp());
  if seconds_left > 0 and seconds_left <= 300 and jsonb_typeof(content -> 'entries') = 'array' then
    return content -> 'entries';
  end if;
  return null;
exception when data_exception then
  return null;
end
$$;
--> statement-breakpoint
-- The last statement of a write: its row, in its own transaction. RG004: this caller, in this transaction, may not add this row.
create function rowgate.audit(sealed text) returns void
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
--> statement-breakpoint
-- After the answer: the rows of calls that wrote nothing, of any callers. They name their callers themselves, under the mac.
create function rowgate.audit_later(sealed text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set lock_timeout = '5s' as $$
declare
  entries jsonb := rowgate.open_audit(sealed);
  tenant record;
begin
  if entries is null then
    raise exception 'the audit rows are refused' using errcode = 'RG004';
  end if;
  -- In one order everywhere, so that two of these never wait for each other.
  for tenant in
    select e.entry ->> 'tenant' as id, jsonb_agg(e.entry order by e.place) as entries
    from jsonb_array_elements(entries) with ordinality as e (entry, place)
    group by 1 order by min(e.entry ->> 'tenant') collate "C"
  loop
    perform rowgate.append_audit(tenant.id, tenant.entries);
  end loop;
end
$$;
--> statement-breakpoint
-- For the owner: forgets a tenant's rows from before that time, oldest first, and how many they were. The rest still verifies.
create function rowgate.prune_audit(tenant text, before timestamptz) returns bigint
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
--> statement-breakpoint
-- A trigger that every table has which the login may write: which rows a statement changed, for the audit row of its transaction.
create function rowgate.touched() returns trigger
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
--> statement-breakpoint
-- As before, and with the triggers above.
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
--> statement-breakpoint
-- The tables that are protected already.
do $$
declare
  relation record;
begin
  for relation in
    select c.oid::regclass as name, string_agg(lower(a.privilege_type), ', ') as privileges
    from pg_class c, aclexplode(c.relacl) a
    where c.relforcerowsecurity and a.grantee = 'rowgate_app'::regrole
    group by c.oid
    having bool_or(a.privilege_type <> 'SELECT')
  loop
    perform rowgate.protect(relation.name, relation.privileges);
  end loop;
end
$$;
--> statement-breakpoint
revoke all on all routines in schema rowgate from public;
--> statement-breakpoint
grant execute on function rowgate.audit(text), rowgate.audit_later(text) to rowgate_app;
