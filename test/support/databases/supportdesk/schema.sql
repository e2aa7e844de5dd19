-- Support desk: the shape of a public Rails application (Chatwoot's db/schema.rb), rebuilt in our own words. What is
-- awkward there is awkward here: the tenant's key is an integer, and `account_id` is an integer in some tables and a bigint
-- in others, nullable in some; hardly any foreign key is declared; users belong to several accounts; rows without a
-- tenant column point at "a type and an id"; a trigger makes a sequence for each account, and another takes from it.

create table accounts (
  id serial primary key, name varchar not null, locale int default 0, domain varchar(100), support_email varchar(100),
  feature_flags bigint not null default 0, settings jsonb default '{}', internal_attributes jsonb not null default '{}',
  status int default 0, created_at timestamp not null default now(), updated_at timestamp not null default now()
);
create table users (
  id serial primary key, provider varchar not null default 'email', uid varchar not null default '',
  encrypted_password varchar not null default '', reset_password_token varchar, name varchar not null, email varchar,
  current_sign_in_ip varchar, tokens json, pubsub_token varchar, otp_secret varchar, type varchar,
  created_at timestamp not null default now(), updated_at timestamp not null default now(), unique (uid, provider)
);
create index index_users_on_email on users (email);
create table account_users (
  id bigserial primary key, account_id bigint, user_id bigint, role int default 0, inviter_id bigint,
  created_at timestamp not null default now(), updated_at timestamp not null default now()
);
create unique index uniq_user_id_per_account_id on account_users (account_id, user_id);
create table access_tokens (
  id bigserial primary key, owner_type varchar, owner_id bigint, token varchar unique,
  created_at timestamp not null default now()
);
create table inboxes (
  id serial primary key, channel_id int not null, account_id int not null, name varchar not null, channel_type varchar,
  greeting_message varchar, working_hours_enabled boolean default false, created_at timestamp not null default now()
);
create table contacts (
  id serial primary key, name varchar default '', email varchar, phone_number varchar, account_id int not null,
  identifier varchar, additional_attributes jsonb default '{}', custom_attributes jsonb default '{}',
  last_activity_at timestamp, blocked boolean not null default false, created_at timestamp not null default now()
);
create unique index uniq_email_per_account_contact on contacts (email, account_id);
create table conversations (
  id serial primary key, account_id int not null, inbox_id int not null, status int not null default 0, assignee_id int,
  contact_id bigint, display_id int not null, uuid uuid not null default gen_random_uuid(), cached_label_list text,
  additional_attributes jsonb default '{}', priority int, created_at timestamp not null default now(),
  updated_at timestamp not null default now(), unique (account_id, display_id)
);
create index conv_acid_inbid_stat_asgnid_idx on conversations (account_id, inbox_id, status, assignee_id);
create table messages (
  id serial primary key, content text, account_id int not null, inbox_id int not null, conversation_id int not null,
  message_type int not null, private boolean not null default false, status int default 0, source_id varchar,
  content_attributes json default '{}', sender_type varchar, sender_id bigint, processed_message_content text,
  sentiment jsonb default '{}', created_at timestamp not null default now()
);
create index index_messages_on_account_created_type on messages (account_id, created_at, message_type);
create table attachments (
  id serial primary key, file_type int default 0, external_url varchar, coordinates_lat float default 0,
  message_id int not null, account_id int not null, meta jsonb default '{}', created_at timestamp not null default now()
);
create table labels (
  id bigserial primary key, title varchar, color varchar not null default '#1f93ff', account_id bigint,
  created_at timestamp not null default now(), unique (title, account_id)
);
create table tags (id serial primary key, name varchar, taggings_count int default 0);
create table taggings (
  id serial primary key, tag_id int references tags, taggable_type varchar, taggable_id int, tagger_id int,
  context varchar(128), created_at timestamp
);
create table audits (
  id bigserial primary key, auditable_id bigint, auditable_type varchar, associated_id bigint, associated_type varchar,
  user_id bigint, action varchar, audited_changes jsonb, remote_address varchar, created_at timestamp
);
create table campaigns (
  id bigserial primary key, display_id int not null, title varchar not null, message text not null,
  account_id bigint not null, inbox_id bigint not null, audience jsonb default '[]', created_at timestamp not null default now()
);
create table campaign_messages (
  id bigserial primary key, campaign_id bigint not null references campaigns, contact_id bigint not null,
  status varchar not null default 'pending', sent_at timestamptz
);
create table webhooks (
  id bigserial primary key, account_id int, inbox_id int, url varchar, secret varchar, subscriptions jsonb default '[]',
  created_at timestamp not null default now()
);
create table schema_migrations (version varchar not null primary key);
create table ar_internal_metadata (key varchar not null primary key, value varchar, created_at timestamp, updated_at timestamp);

create function accounts_after_insert_row_tr() returns trigger language plpgsql as $$
begin
  execute format('create sequence if not exists conv_dpid_seq_%s', new.id);
  return null;
end $$;
create trigger accounts_after_insert_row_tr after insert on accounts for each row execute function accounts_after_insert_row_tr();
create function conversations_before_insert_row_tr() returns trigger language plpgsql as $$
begin
  new.display_id := nextval('conv_dpid_seq_' || new.account_id);
  return new;
end $$;
create trigger conversations_before_insert_row_tr before insert on conversations
  for each row execute function conversations_before_insert_row_tr();

insert into schema_migrations select '2025081604' || n from generate_series(1000, 1040) n;
insert into ar_internal_metadata values ('environment', 'production', now(), now());
insert into accounts (name, support_email) select 'Account ' || n, 'help@account' || n || '.example' from generate_series(1, 3) n;
insert into users (uid, name, email, encrypted_password, current_sign_in_ip, tokens)
  select name || '@desk.example', initcap(name), name || '@desk.example', '$2a$11$notapassword' || name, '192.0.2.7', '{}'
  from unnest(array['alice', 'bob', 'carol']) name;
-- Carol works for two accounts.
insert into account_users (account_id, user_id, role) values (1, 1, 1), (1, 3, 0), (2, 2, 1), (2, 3, 0);
insert into access_tokens (owner_type, owner_id, token) select 'User', id, md5(email) from users;
insert into inboxes (channel_id, account_id, name, channel_type) select n, 1 + n % 2, 'Inbox ' || n, 'Channel::Email' from generate_series(1, 4) n;
insert into contacts (name, email, phone_number, account_id)
  select 'Contact ' || n, 'contact' || n || '@mail.example', '+4930555' || (1000 + n), 1 + n % 2 from generate_series(1, 60) n;
insert into conversations (account_id, inbox_id, contact_id, status, display_id)
  select c.account_id, (select min(id) from inboxes i where i.account_id = c.account_id), c.id, c.id % 3, 0
  from contacts c, generate_series(1, 5) order by c.id;
insert into messages (content, account_id, inbox_id, conversation_id, message_type, sender_type, sender_id)
  select 'Message ' || n, c.account_id, c.inbox_id, c.id, n % 2, 'Contact', c.contact_id from conversations c, generate_series(1, 4) n order by c.id, n;
insert into attachments (message_id, account_id, external_url) select id, account_id, 'https://files.example/' || id from messages where id % 20 = 0;
insert into labels (title, account_id) values ('urgent', 1), ('billing', 1), ('urgent', 2);
insert into tags (name) values ('urgent'), ('billing');
insert into taggings (tag_id, taggable_type, taggable_id, context) select 1, 'Conversation', id, 'labels' from conversations where id % 10 = 0;
insert into audits (auditable_id, auditable_type, associated_id, associated_type, user_id, action, audited_changes, remote_address)
  select id, 'Inbox', account_id, 'Account', 1, 'create', '{}', '192.0.2.9' from inboxes;
insert into campaigns (display_id, title, message, account_id, inbox_id) values (1, 'Spring', 'Hello', 1, 2), (1, 'Autumn', 'Hi', 2, 1);
insert into campaign_messages (campaign_id, contact_id) select 1, id from contacts where account_id = 1;
insert into webhooks (account_id, url, secret) values (1, 'https://hooks.example/1', 'whsec_1'), (2, 'https://hooks.example/2', 'whsec_2');
