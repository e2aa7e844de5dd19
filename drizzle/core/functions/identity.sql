-- The caller's identity, in a form that the caller's SQL cannot forge.
--
-- The Worker opens every transaction with rowgate.enter(seal, ...); see enter.sql. A seal is `key
-- id.base64(claims).hex(mac)`, made with a key that only the owner of this schema can read. enter() checks it
-- once and stores a context in its place: the same claims and the access under a second MAC, which also
-- covers this backend and this transaction. SQL can read only the context, by
-- current_setting('rowgate.context'), and it is worthless in any other transaction. The seal itself is never
-- stored.
--
-- The bodies have no backslash, and the secret is only ever a column inside one query: neither a session's
-- string settings nor a printed plan can reveal it.

-- HMAC-SHA256 of a message, or NULL for an unknown key. Internal: whoever may call it can forge seals.
create or replace function rowgate.mac(key_id text, message text) returns bytea
language plpgsql stable as $$
begin
  return (
    select sha256(k.outer_pad || sha256(k.inner_pad || convert_to(message, 'UTF8')))
    from rowgate.identity_keys k
    where k.id = key_id
  );
end
$$;

-- Whether `claimed` (hex) is the MAC of the message. Both sides are hashed once more, so that the
-- comparison's duration reveals nothing.
create or replace function rowgate.authentic(key_id text, message text, claimed text) returns boolean
language plpgsql stable as $$
begin
  if key_id is null or message is null or claimed is null or claimed !~ '^[0-9a-f]{64}$' then
    return false;
  end if;
  return coalesce(sha256(rowgate.mac(key_id, message)) = sha256(decode(claimed, 'hex')), false);
end
$$;

-- The backend and transaction, which the context's MAC covers beside the claims.
create or replace function rowgate.here() returns text
language plpgsql stable as $$
begin
  return 'context ' || pg_backend_pid() || ' ' || extract(epoch from transaction_timestamp()) || ' ';
end
$$;

-- This transaction's claims, or NULL. Nothing is parsed before the mac has been checked, so it cannot raise.
create or replace function rowgate.claims() returns jsonb
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

-- The verified caller, or NULL outside of an entered transaction. Policies write `(select rowgate.user_id())`: once a statement.
create or replace function rowgate.user_id() returns text
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return rowgate.claims() ->> 'sub';
end
$$;

-- The verified caller's tenant, or NULL.
create or replace function rowgate.tenant_id() returns text
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return rowgate.claims() ->> 'tenant';
end
$$;

-- Whether the caller's token holds a scope; false outside of an entered transaction.
create or replace function rowgate.has_scope(scope text) returns boolean
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(rowgate.claims() -> 'scopes' ? scope, false);
end
$$;

-- Whether this transaction was entered to write.
create or replace function rowgate.may_write() returns boolean
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce(rowgate.claims() ->> 'access' = 'write', false);
end
$$;

-- Another claim of the caller's token: one that the deployment's file names and the Worker has sealed with the
-- caller. RG008 where the token has none; NULL outside of a caller's transaction.
create or replace function rowgate.claim(name text) returns text
language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb := rowgate.claims();
  found text := claims -> 'claims' ->> name;
begin
  if found is null and claims is not null then
    raise exception '%', name using errcode = 'RG008';
  end if;
  return found;
end
$$;

-- The mask `hash` of a view: equal values stay equal, and without the key nobody can guess values by hashing
-- them. It uses the oldest key of this database, and changes when that one is retired.
create or replace function rowgate.mask_hash(value text) returns text
language plpgsql stable strict security definer parallel restricted set search_path = pg_catalog, pg_temp as $$
begin
  return left(encode(rowgate.mac((select k.id from rowgate.identity_keys k order by k.installed_at, k.id limit 1), 'mask ' || value), 'hex'), 16);
end
$$;
