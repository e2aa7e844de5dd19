-- Who is calling, in a form that the caller's SQL cannot forge.
--
-- The Worker opens every transaction with rowgate.enter(seal, ...). The seal is `key id.base64(claims).hex(mac)`, made
-- with a key that only the owner of this schema can read. enter() checks it once and stores a context in its place: the
-- same claims and access under a second mac that also covers this backend and this transaction. So the one thing that SQL can read,
-- current_setting('rowgate.context'), is worth nothing in any other transaction, and the seal itself is never stored.
-- Policies ask rowgate.user_id(), tenant_id() and has_scope(), which check that mac and answer NULL or false otherwise.
--
-- The bodies hold no backslash and the secret is only ever a column inside one query: neither a session's string
-- settings nor a printed plan can turn them.
create schema rowgate;
--> statement-breakpoint
-- Roles belong to the cluster, not to the database; the operator gives this one its password and LOGIN.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rowgate_app') then
    create role rowgate_app nologin;
  end if;
exception when duplicate_object or unique_violation then
  null; -- Another database's migration made it in the same moment.
end
$$;
--> statement-breakpoint
-- Nobody may plant an object that a later statement could find first. Where the owner may not say so, it stays as it is.
do $$
begin
  execute pg_catalog.format('revoke create, temporary on database %I from public', pg_catalog.current_database());
  execute pg_catalog.format('grant connect on database %I to rowgate_app', pg_catalog.current_database());
  revoke create on schema public from public;
exception when insufficient_privilege then
  raise notice 'the privileges of PUBLIC on this database are left as they are: this login may not change them';
end
$$;
--> statement-breakpoint
grant usage on schema rowgate, public to rowgate_app;
--> statement-breakpoint
-- The HMAC's two padded keys (RFC 2104) instead of the key itself, so that a check costs two hashes and no loop.
-- Row security is on and no policy exists: even a grant by mistake shows nothing. It is not forced, because the functions
-- below read the table as its owner.
create table rowgate.identity_keys (
  id text primary key check (id ~ '^[a-z0-9_-]{1,32}$'),
  inner_pad bytea not null check (octet_length(inner_pad) = 64),
  outer_pad bytea not null check (octet_length(outer_pad) = 64),
  installed_at timestamptz not null default now()
);
--> statement-breakpoint
alter table rowgate.identity_keys enable row level security;
--> statement-breakpoint
-- For the owner: installs a key, or replaces the one of the same id. To rotate, install a second id, switch the Worker's
-- IDENTITY_KEY to it, then retire the first.
create function rowgate.install_key(key_id text, key bytea) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  block bytea := key;
  inner_pad bytea := decode(repeat('00', 64), 'hex');
  outer_pad bytea := inner_pad;
begin
  if key is null or octet_length(key) < 32 then
    raise exception 'an identity key is at least 32 random bytes' using errcode = '22023';
  end if;
  if octet_length(block) > 64 then
    block := sha256(block);
  end if;
  block := block || decode(repeat('00', 64 - octet_length(block)), 'hex');
  for i in 0..63 loop
    inner_pad := set_byte(inner_pad, i, get_byte(block, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(block, i) # 92);
  end loop;
  insert into rowgate.identity_keys as k values (key_id, inner_pad, outer_pad)
  on conflict on constraint identity_keys_pkey
    do update set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad, installed_at = now();
end
$$;
--> statement-breakpoint
-- For the owner: whether there was such a key. Every seal made with it is refused from then on.
create function rowgate.retire_key(key_id text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from rowgate.identity_keys k where k.id = key_id;
  return found;
end
$$;
--> statement-breakpoint
-- For the owner's migrations: row security on and forced, exactly these privileges for the restricted login, and none of
-- the writing ones in a transaction that was entered to read. That last rule is a policy because transaction_read_only
-- does not hold by itself: before PostgreSQL 16, set_config('transaction_read_only', null, true) takes it back.
create function rowgate.protect(relation regclass, privileges text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  privilege text;
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
    if privilege = any (string_to_array(privileges, ', ')) then
      execute format(
        'create policy %I on %s as restrictive for %s to rowgate_app %s ((select rowgate.may_write()))',
        'rowgate_' || privilege, relation, privilege, case privilege when 'insert' then 'with check' else 'using' end
      );
    end if;
  end loop;
end
$$;
--> statement-breakpoint
-- HMAC-SHA256, or NULL for an unknown key. Internal: whoever may call it can make seals.
create function rowgate.mac(key_id text, message text) returns bytea
language plpgsql stable as $$
begin
  return (
    select sha256(k.outer_pad || sha256(k.inner_pad || convert_to(message, 'UTF8')))
    from rowgate.identity_keys k
    where k.id = key_id
  );
end
$$;
--> statement-breakpoint
-- Whether `claimed` (hex) is the mac. Both sides are hashed once more, so that the time a comparison takes tells nothing.
create function rowgate.authentic(key_id text, message text, claimed text) returns boolean
language plpgsql stable as $$
begin
  if key_id is null or message is null or claimed is null or claimed !~ '^[0-9a-f]{64}$' then
    return false;
  end if;
  return coalesce(sha256(rowgate.mac(key_id, message)) = sha256(decode(claimed, 'hex')), false);
end
$$;
--> statement-breakpoint
-- What the context's mac covers beside the claims: one backend runs one transaction at a time.
create function rowgate.here() returns text
language plpgsql stable as $$
begin
  return 'context ' || pg_backend_pid() || ' ' || extract(epoch from transaction_timestamp()) || ' ';
end
$$;
--> statement-breakpoint
-- This transaction's claims, or NULL. Nothing is parsed before the mac has been checked, so it cannot raise.
create function rowgate.claims() returns jsonb
language plpgsql stable as $$
declare
  parts text[] := string_to_array(current_setting('rowgate.context', true), '.');
begin
  if cardinality(parts) = 3 and rowgate.authentic(parts[1], rowgate.here() || parts[2], parts[3]) then
    return convert_from(decode(parts[2], 'base64'), 'UTF8')::jsonb;
  end if;
  return null;
end
$$;
--> statement-breakpoint
create function rowgate.user_id() returns text
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return rowgate.claims() ->> 'sub';
end
$$;
--> statement-breakpoint
create function rowgate.tenant_id() returns text
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return rowgate.claims() ->> 'tenant';
end
$$;
--> statement-breakpoint
create function rowgate.has_scope(scope text) returns boolean
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(rowgate.claims() -> 'scopes' ? scope, false);
end
$$;
--> statement-breakpoint
-- Whether this transaction was entered to write.
create function rowgate.may_write() returns boolean
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(rowgate.claims() ->> 'access' = 'write', false);
end
$$;
--> statement-breakpoint
-- Whether a login could step around row security: by an attribute, through another role, or as the owner of anything in
-- any database but a large object, which has no rows (and which one call can make: it must not shut everyone out).
create function rowgate.unsafe_login(login name) returns boolean
language plpgsql stable as $$
begin
  return coalesce((
    select r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication
      or exists (select from pg_auth_members m where m.member = r.oid)
      or exists (
        select from pg_shdepend d
        where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o'
          and d.classid <> 'pg_largeobject'::regclass
      )
    from pg_roles r
    where r.rolname = login
  ), true);
end
$$;
--> statement-breakpoint
-- The claims of a seal that is whole, authentic and in time, or NULL. A seal may live for 300 s at most, whatever it says.
create function rowgate.open_seal(seal text) returns jsonb
language plpgsql volatile as $$
declare
  parts text[] := string_to_array(seal, '.');
  claims jsonb;
  seconds_left numeric;
begin
  if octet_length(seal) > 16384 or cardinality(parts) <> 3 or parts[2] !~ '^[A-Za-z0-9+/]+={0,2}$'
    or not rowgate.authentic(parts[1], 'seal ' || parts[2], parts[3]) then
    return null;
  end if;
  claims := convert_from(decode(parts[2], 'base64'), 'UTF8')::jsonb;
  seconds_left := (claims ->> 'exp')::numeric - extract(epoch from clock_timestamp());
  if seconds_left > 0 and seconds_left <= 300
    and jsonb_typeof(claims -> 'sub') = 'string' and length(claims ->> 'sub') between 1 and 255
    and jsonb_typeof(claims -> 'tenant') = 'string' and length(claims ->> 'tenant') between 1 and 255
    and jsonb_typeof(claims -> 'scopes') = 'array' then
    return claims;
  end if;
  return null;
exception when data_exception then
  return null;
end
$$;
--> statement-breakpoint
-- The first statement of every transaction. RG001: the login could step around row security. RG002: the seal is refused.
-- It has no SET clause, because it sets the path itself: first everything that an earlier transaction may have left in
-- this session goes back to its default, then names are looked up in pg_catalog only, and at the end the default path
-- is the work's.
create function rowgate.enter(seal text, access text, timeout_ms integer) returns void
language plpgsql volatile security definer as $$
declare
  claims jsonb;
  key_id text;
  encoded text;
begin
  reset all;
  set local search_path = pg_catalog, pg_temp;
  if rowgate.unsafe_login(session_user) then
    raise exception 'the login could step around row security' using errcode = 'RG001';
  end if;
  claims := rowgate.open_seal(seal);
  if claims is null then
    raise exception 'the seal is refused' using errcode = 'RG002';
  end if;
  if access is null or access not in ('read', 'write') or timeout_ms is null or timeout_ms not between 1 and 3600000 then
    raise exception 'access is read or write, timeout_ms is 1 to 3600000' using errcode = '22023';
  end if;
  key_id := split_part(seal, '.', 1);
  claims := claims || jsonb_build_object('access', access);
  encoded := translate(encode(convert_to(claims::text, 'UTF8'), 'base64'), chr(10), '');
  perform set_config(
    'rowgate.context',
    key_id || '.' || encoded || '.' || encode(rowgate.mac(key_id, rowgate.here() || encoded), 'hex'),
    true
  );
  if access = 'read' then
    set local transaction_read_only = on;
  end if;
  perform set_config('statement_timeout', timeout_ms::text, true);
  -- Waiting for another's lock is not work, and 10 s of it say enough.
  perform set_config('lock_timeout', least(timeout_ms, 10000)::text, true);
  perform set_config('idle_in_transaction_session_timeout', timeout_ms::text, true);
  if current_setting('server_version_num')::integer >= 170000 then
    -- A second more than the statement's own limit: that one ends the statement, this one the session.
    perform set_config('transaction_timeout', (timeout_ms + 1000)::text, true);
  end if;
  set local search_path to default;
end
$$;
--> statement-breakpoint
revoke all on all tables in schema rowgate from public;
--> statement-breakpoint
revoke all on all routines in schema rowgate from public;
--> statement-breakpoint
grant execute on function rowgate.enter(text, text, integer), rowgate.user_id(), rowgate.tenant_id(), rowgate.has_scope(text),
  rowgate.may_write() to rowgate_app;
