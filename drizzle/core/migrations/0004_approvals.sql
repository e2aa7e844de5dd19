-- Writes that wait for their user, whom the client could not ask. Each is of one caller, one tool and its arguments, and ends
-- after ten minutes.
create table rowgate.approvals (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id text not null,
  -- The OAuth client that asked, if its token names one: it may not approve.
  client_id text,
  tool text not null,
  -- SHA-256 of the caller, the client, the tool, the arguments and the row as it was, base64url.
  arguments_hash text not null,
  -- What the user reads: `{ question, rows: { columns, before, after } }`.
  asked jsonb not null,
  asked_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Null until the user has decided.
  approved boolean,
  used_at timestamptz,
  unique (tenant_id, user_id, tool, arguments_hash)
);

create index approvals_expiry on rowgate.approvals (expires_at);

-- Only the functions of functions/approvals.sql touch it, as the owner.
alter table rowgate.approvals enable row level security;
