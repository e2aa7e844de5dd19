-- Approvals: a write whose client could not ask its user waits until the same user approves it with another client.
--
-- `rowgate.ask_approval` is called at each try of the write: it asks the first time, and says the decision after that.
-- The id of an approval is the write's idempotency key, so that however often it is tried it happens once. All that is kept
-- is the caller's own, in the tenant of this database.

-- Returns `{ id, approved, expires_at }`, `approved` being null until the user has decided. `one_try`: a try after the first
-- that was approved is asked about anew, since what is done has no idempotency key. RG009: too much is waiting.
create or replace function rowgate.ask_approval(tool text, arguments_hash text, client text, asked jsonb, one_try boolean)
returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller jsonb := rowgate.writing_claims();
  known record;
begin
  if ask_approval.tool is null or ask_approval.arguments_hash is null or octet_length(ask_approval.asked::text) > 1048576 then
    raise exception 'tool and arguments_hash are texts, asked is of 1 MiB at most' using errcode = '22023';
  end if;
  -- Deletes some expired rows of anybody's: few, so that no call pays for many.
  delete from rowgate.approvals a where a.ctid = any (array(
    select x.ctid from rowgate.approvals x where x.expires_at <= now() order by x.expires_at limit 20 for update skip locked));
  delete from rowgate.approvals a
  where a.tenant_id = caller ->> 'tenant' and a.user_id = caller ->> 'sub' and a.tool = ask_approval.tool
    and a.arguments_hash = ask_approval.arguments_hash
    and (a.expires_at <= now() or ask_approval.one_try and a.used_at is not null);
  update rowgate.approvals a set used_at = case when a.approved then coalesce(a.used_at, now()) end
  where a.tenant_id = caller ->> 'tenant' and a.user_id = caller ->> 'sub' and a.tool = ask_approval.tool
    and a.arguments_hash = ask_approval.arguments_hash
  returning a.* into known;
  if not found then
    if (select count(*) from rowgate.approvals a
        where a.tenant_id = caller ->> 'tenant' and a.user_id = caller ->> 'sub' and a.expires_at > now()) >= 50 then
      raise exception 'too many approvals are waiting' using errcode = 'RG009';
    end if;
    -- Of two calls at once the second is told of the first's.
    insert into rowgate.approvals (tenant_id, user_id, client_id, tool, arguments_hash, asked, expires_at)
    values (caller ->> 'tenant', caller ->> 'sub', ask_approval.client, ask_approval.tool, ask_approval.arguments_hash,
      ask_approval.asked, now() + interval '10 minutes')
    on conflict on constraint approvals_tenant_id_user_id_tool_arguments_hash_key do update set asked = excluded.asked
    returning * into known;
  end if;
  return jsonb_build_object('id', known.id, 'approved', known.approved, 'expires_at', known.expires_at);
end
$$;

-- The caller's own that have not expired, newest first.
create or replace function rowgate.list_approvals() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller jsonb := rowgate.approving_claims('approvals:read');
begin
  return (
    select coalesce(jsonb_agg(rowgate.approval_json(to_jsonb(a)) order by a.asked_at desc, a.id), '[]')
    from rowgate.approvals a
    where a.tenant_id = caller ->> 'tenant' and a.user_id = caller ->> 'sub' and a.expires_at > now()
  );
end
$$;

-- Approves or refuses one of the caller's own, and returns it as it is then: the first decision stands. NULL: there is no
-- such one, or it has expired. What was approved holds for ten minutes from now. RG010: the client that asked may not decide.
create or replace function rowgate.decide_approval(id uuid, approve boolean, client text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  caller jsonb := rowgate.approving_claims('approvals:write');
  known record;
begin
  perform rowgate.writing_claims();
  select a.* into known from rowgate.approvals a
  where a.id = decide_approval.id and a.tenant_id = caller ->> 'tenant' and a.user_id = caller ->> 'sub'
    and a.expires_at > now() for update;
  if not found then
    return null;
  end if;
  if decide_approval.client is null or decide_approval.client = known.client_id then
    raise exception 'the client that asked may not decide' using errcode = 'RG010';
  end if;
  if known.approved is null then
    update rowgate.approvals a set approved = decide_approval.approve, expires_at = now() + interval '10 minutes'
    where a.id = known.id returning a.* into known;
  end if;
  return rowgate.approval_json(to_jsonb(known));
end
$$;

-- A row as a person reads it. Internal; it takes JSON because the functions are made before the table.
create or replace function rowgate.approval_json(a jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object('id', a -> 'id', 'tool', a -> 'tool', 'client', a -> 'client_id', 'asked_at', a -> 'asked_at',
    'expires_at', a -> 'expires_at', 'state', case
      when a ->> 'approved' is null then 'waiting' when not (a ->> 'approved')::boolean then 'refused'
      when a ->> 'used_at' is null then 'approved' else 'used'
    end) || (a -> 'asked')
$$;

-- The claims of a token with this scope. Internal.
create or replace function rowgate.approving_claims(scope text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  claims jsonb := rowgate.claims();
begin
  if claims is null or not coalesce(claims -> 'scopes' ? approving_claims.scope, false) then
    raise exception 'the token lacks the scope' using errcode = '42501';
  end if;
  return claims;
end
$$;
