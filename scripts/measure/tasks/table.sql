-- The table of the measurements' to-do list, in a database of its own.
create table tasks (
  id uuid primary key,
  user_id text not null,
  title text not null check (char_length(title) between 1 and 200),
  description text check (char_length(description) <= 1000),
  completed boolean not null default false,
  idempotency_key text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (user_id, idempotency_key)
);
create index tasks_newest on tasks (user_id, id desc nulls last);
alter table tasks enable row level security;
alter table tasks force row level security;
create policy tasks_owner on tasks
  using (user_id = (select rowgate.user_id())) with check (user_id = (select rowgate.user_id()));
select rowgate.protect('public.tasks', 'select, insert, update, delete');
