/** A database with what is awkward about databases, for the tests of the catalogue and of `up`. */

export const APP = `
create schema app;
create schema billing;
create type app.status as enum ('open', 'in progress', 'done');
create domain app.score as integer check (value between 0 and 100);
create domain app.stage as app.status not null;
create table app.orgs (id uuid primary key default gen_random_uuid(), name text not null, slug varchar(40) not null unique);
create table app.members (
  id bigint generated always as identity primary key,
  org_id uuid not null references app.orgs,
  external_sub text not null,
  full_name text not null,
  email text not null,
  phone text,
  salary numeric(12, 2),
  born date,
  photo bytea,
  unique (org_id, external_sub)
);
comment on table app.members is 'People of an organisation';
comment on column app.members.full_name is 'As they sign';
create table app.projects (id serial primary key, org_id uuid not null references app.orgs, title text not null, stage app.stage default 'open');
create table app.issues (
  id bigserial primary key,
  org_id uuid not null references app.orgs,
  project_id integer not null references app.projects,
  reporter_id bigint references app.members,
  title text not null,
  body text not null default '',
  status app.status not null default 'open',
  marks app.score[] not null default '{}',
  title_length integer generated always as (length(title)) stored,
  created_at timestamptz not null default now()
);
create index issues_newest on app.issues (org_id, id desc);
create index issues_title on app.issues (lower(title)) where status <> 'done';
create table app.comments (id bigserial primary key, issue_id bigint not null references app.issues, author_id bigint, text text not null);
create table app."order" ("Id" integer primary key, org_id uuid not null, "select" text, "Total Price" numeric(10, 2));
create table app.readings (org_id uuid not null, at timestamptz not null, value double precision, during tstzrange) partition by range (at);
create table app.readings_2026 partition of app.readings for values from ('2026-01-01') to ('2027-01-01');
create table app.readings_2027 partition of app.readings for values from ('2027-01-01') to ('2028-01-01') partition by range (at);
create table app.readings_2027_h1 partition of app.readings_2027 for values from ('2027-01-01') to ('2027-07-01');
create table app.logs (at timestamptz, line text);
create table billing.orgs (id uuid primary key references app.orgs, plan text not null);
create view app.member_names as select id, org_id, full_name from app.members;
create materialized view app.issue_counts as select org_id, count(*) as issues from app.issues group by org_id;
create function app.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch_projects before insert or update on app.projects for each row execute function app.touch();
alter table app.logs enable row level security;
create policy everyone on app.logs using (true);
-- Roles belong to the whole server.
do $$ begin create role app_web; exception when others then null; end $$;
grant select, insert on app.issues to app_web;
grant select (id) on app.comments to app_web;
`
