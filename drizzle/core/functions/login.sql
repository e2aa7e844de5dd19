-- The name of the Worker's login in this database.
create or replace function rowgate.login() returns name
language sql stable set search_path = pg_catalog, pg_temp as $$
  select r.rolname from rowgate.worker_login w join pg_roles r on r.oid = w.role
$$;

-- For the owner: makes a role the Worker's login, and grants it the functions that the Worker calls. Called
-- again after each change of core's functions. Everything else in this schema stays closed to it and to
-- PUBLIC.
create or replace function rowgate.admit_login(login name) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into rowgate.worker_login as w (role) values (quote_ident(login)::regrole)
  on conflict on constraint worker_login_pkey do update set role = excluded.role;
  revoke all on all routines in schema rowgate from public;
  execute format('grant usage on schema rowgate to %I', login);
  execute format(
    'grant execute on function rowgate.enter(text, text, integer), rowgate.user_id(), rowgate.tenant_id(),'
    ' rowgate.has_scope(text), rowgate.claim(text), rowgate.mask_hash(text), rowgate.may_write(), rowgate.audit(text),'
    ' rowgate.audit_later(text), rowgate.once(text, text, text, text), rowgate.must_be_first(text, text, text, text),'
    ' rowgate.must_be_few(integer, integer), rowgate.ask_approval(text, text, text, jsonb, boolean), rowgate.list_approvals(),'
    ' rowgate.decide_approval(uuid, boolean, text),'
    ' rowgate.once_done(text, text, text, jsonb), rowgate.written(text, text[]), rowgate.limit_plan(text, text[], double precision), rowgate.diagnostics() to %I',
    login
  );
end
$$;
