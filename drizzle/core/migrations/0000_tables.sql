-- The schema and its tables. What may be done with them is in 0001_access.sql, since policies need the functions, and some
-- functions need the tables.
create schema rowgate;

-- What has been applied here, by `scripts/local/postgres/migrations.ts`: a path below `drizzle/<part>/`, and the SHA-256 of its text.
create table rowgate.migrations (
  part text not null,
  name text not null,
  hash text not null,
  applied_at timestamptz not null default now(),
  primary key (part, name)
);

alter table rowgate.migrations enable row level security;

-- The role that the Worker logs in as: one a database, made before this file and named by rowgate.admit_login. It is
-- kept by its oid, so that it may be renamed.
create table rowgate.worker_login (
  role regrole not null,
  only_row boolean primary key default true check (only_row)
);

alter table rowgate.worker_login enable row level security;

-- The HMAC's two padded keys (RFC 2104) instead of the key itself, so that a check costs two hashes and no loop.
-- Row security is on and there is no policy: even a grant by mistake shows nothing. It is not forced, because the functions
-- that read the table run as its owner.
create table rowgate.identity_keys (
  id text primary key check (id ~ '^[a-z0-9_-]{1,32}$'),
  inner_pad bytea not null check (octet_length(inner_pad) = 64),
  outer_pad bytea not null check (octet_length(outer_pad) = 64),
  installed_at timestamptz not null default now()
);

alter table rowgate.identity_keys enable row level security;

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

create index audit_log_own on rowgate.audit_log (tenant_id, user_id, seq desc);

-- Where each tenant's chain stands. Its row is the chain's lock: one writer a tenant at a time, taken by the last statement of
-- a transaction, so that the holder waits for nothing more. Row security is not forced, because only functions that run as
-- the owner touch the table.
create table rowgate.audit_heads (
  tenant_id text primary key,
  seq bigint not null default 0,
  hash bytea not null default '',
  -- What rowgate.prune_audit has left behind: the last row that is gone, and its hash.
  pruned_seq bigint not null default 0,
  pruned_hash bytea not null default ''
) with (fillfactor = 50);

alter table rowgate.audit_heads enable row level security;

-- Confirmations of `admin_database_operation` that have been used: each is good once. Only the owner's login reads it.
create table rowgate.confirmations (
  id uuid primary key,
  used_at timestamptz not null default now()
);

alter table rowgate.confirmations enable row level security;
