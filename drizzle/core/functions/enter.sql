-- Whether a login could bypass row security: by an attribute, through another role, or as the owner of an
-- object in any database. Large objects and temporary objects do not count: they contain nobody else's rows,
-- and any session can create them, which must not lock everyone out.
--
-- The role is looked up first, and its objects by its id. In one query the planner may search the objects of
-- every role instead, at each call: the owner's may be thousands.
create or replace function rowgate.unsafe_login(login name) returns boolean
language plpgsql stable as $$
declare
  login_id oid := (
    select r.oid from pg_roles r
    where r.rolname = login and not (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolreplication)
  );
begin
  return login_id is null
    or exists (select from pg_auth_members m where m.member = login_id)
    or exists (
      select from pg_shdepend d
      where d.refclassid = 'pg_authid'::regclass and d.refobjid = login_id and d.deptype = 'o'
        and d.classid <> 'pg_largeobject'::regclass
        and not (
          d.dbid = (select b.oid from pg_database b where b.datname = current_database())
          and coalesce((select starts_with(i.schema, 'pg_temp') from pg_identify_object(d.classid, d.objid, d.objsubid) i), false)
        )
    );
end
$$;

-- The claims of a seal that is authentic and not expired, or NULL. A seal lives for 300 s at most, whatever
-- it says.
create or replace function rowgate.open_seal(seal text) returns jsonb
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

-- The first statement of every transaction. Errors: RG001, the login could bypass row security; RG002, the
-- seal is refused.
--
-- It has no SET clause, because it sets the search path itself. First it resets every setting that an earlier
-- transaction may have left in this session. Then names are looked up in pg_catalog only. At the end it sets
-- the default path with pg_temp last: PUBLIC may create temporary tables, and an unnamed pg_temp is searched
-- first, so that a leftover table would be taken for `tasks`. The types of the variables are qualified for
-- the same reason: they are resolved before the first statement.
create or replace function rowgate.enter(seal text, access text, timeout_ms integer) returns void
language plpgsql volatile security definer as $$
declare
  claims pg_catalog.jsonb;
  key_id pg_catalog.text;
  encoded pg_catalog.text;
  default_path pg_catalog.text;
  -- Receives what set_config returns: an assignment runs without a query of its own, unlike PERFORM and SET.
  ignored pg_catalog.text;
begin
  reset all;
  default_path := pg_catalog.current_setting('search_path');
  ignored := pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
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
  ignored := set_config(
    'rowgate.context',
    key_id || '.' || encoded || '.' || encode(rowgate.mac(key_id, rowgate.here() || encoded), 'hex'),
    true
  );
  if access = 'read' then
    ignored := set_config('transaction_read_only', 'on', true);
  end if;
  ignored := set_config('statement_timeout', timeout_ms::text, true);
  -- A wait for a lock is no work; after 10 s it has failed.
  ignored := set_config('lock_timeout', least(timeout_ms, 10000)::text, true);
  ignored := set_config('idle_in_transaction_session_timeout', timeout_ms::text, true);
  if current_setting('server_version_num')::integer >= 170000 then
    -- One second longer than the statement's own limit: that one ends the statement, this one the session.
    ignored := set_config('transaction_timeout', (timeout_ms + 1000)::text, true);
  end if;
  ignored := set_config('search_path', concat_ws(', ', nullif(default_path, ''), 'pg_temp'), true);
end
$$;
