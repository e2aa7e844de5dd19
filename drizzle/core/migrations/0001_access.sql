-- Who may do what in the schema: the restricted login reads the audit rows that a policy shows it, and calls nine functions.
revoke all on all tables in schema rowgate from public, rowgate_app;

select rowgate.protect('rowgate.audit_log', 'select');

create policy audit_log_readers on rowgate.audit_log for select to rowgate_app using (
  tenant_id = (select rowgate.tenant_id())
  and (user_id = (select rowgate.user_id()) or (select rowgate.has_scope('audit:read')))
);

-- The functions that add rows run as the owner, whom forced row security would otherwise refuse.
create policy audit_log_keeper on rowgate.audit_log for all to current_user using (true) with check (true);

revoke all on all routines in schema rowgate from public;

grant execute on function rowgate.enter(text, text, integer), rowgate.user_id(), rowgate.tenant_id(), rowgate.has_scope(text),
  rowgate.may_write(), rowgate.audit(text), rowgate.audit_later(text), rowgate.limit_plan(text, text[], double precision),
  rowgate.diagnostics() to rowgate_app;
