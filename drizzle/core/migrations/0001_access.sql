-- Who may read the audit log. The login has no other privilege on a table of this schema.
alter table rowgate.audit_log force row level security;

select rowgate.protect('rowgate.audit_log', 'select');

create policy audit_log_readers on rowgate.audit_log for select using (
  tenant_id = (select rowgate.tenant_id())
  and (user_id = (select rowgate.user_id()) or (select rowgate.has_scope('audit:read')))
);

-- The functions that add rows run as the owner, whom forced row security would otherwise refuse.
create policy audit_log_keeper on rowgate.audit_log for all to current_user using (true) with check (true);
