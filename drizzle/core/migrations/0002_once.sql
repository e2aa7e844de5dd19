-- Writes that were done once: for tables that are somebody else's and have no column for an idempotency key.
create table rowgate.once (
  tenant_id text not null,
  user_id text not null,
  source text not null,
  tool text not null,
  key text not null,
  -- HMAC-SHA256 of the arguments' canonical JSON, hex: the same key with others is a mistake.
  arguments_hash text not null,
  -- What the write answered: keys of rows, no more.
  result jsonb,
  at timestamptz not null default now(),
  primary key (tenant_id, user_id, source, tool, key)
);

create index once_at on rowgate.once (at);

-- Only the functions of functions/once.sql touch it, as the owner.
alter table rowgate.once enable row level security;
