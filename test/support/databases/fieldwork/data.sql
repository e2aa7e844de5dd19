-- Three companies: Acme is large, Globex is small, Initech is new. All names are made up.

insert into countries values ('DE', 'Germany', 0.19), ('FR', 'France', 0.20), ('CH', 'Switzerland', 0.081);

insert into orgs (id, name, plan, seats) values
  ('a0000000-0000-4000-8000-000000000001', 'Acme', 'enterprise', 200),
  ('b0000000-0000-4000-8000-000000000002', 'Globex', 'team', 20),
  ('c0000000-0000-4000-8000-000000000003', 'Initech', 'free', 5);

insert into members (org_id, external_sub, full_name, email, phone, home_address, salary, born, role, country)
select o.id, p.sub, p.name || ' of ' || o.name, p.sub || '@' || lower(o.name) || '.example',
  '+49 30 5550' || (100 + p.n), p.n || ' Long Street', 40000 + 1000 * p.n, date '1980-01-01' + 100 * p.n,
  p.role::member_role, 'DE'
from orgs o, (values (1, 'alice', 'Alice', 'owner'), (2, 'bob', 'Bob', 'dispatcher'), (3, 'carol', 'Carol', 'technician'))
  p (n, sub, name, role)
where o.name <> 'Initech' or p.n = 1
order by o.name, p.n;

insert into projects (org_id, name, budget, span, allowed, tags, lead_id)
select o.id, 'Project ' || n, 1000.50 * n, daterange('2026-01-01', '2026-01-01'::date + 30 * n), temperature_range(-5, 30),
  array['tag ' || n, 'a "quoted" tag'], (select min(id) from members m where m.org_id = o.id)
from orgs o, generate_series(1, 4) n where o.name <> 'Initech' order by o.name, n;

insert into issues (org_id, project_id, title, body, status, reporter_id, assignee_id, estimate, due, extra)
select p.org_id, p.id, 'Issue ' || n || ' of project ' || p.id, 'Body ' || n,
  (enum_range(null::issue_status))[1 + n % 4], p.lead_id, case when n % 3 = 0 then p.lead_id end,
  n * interval '1 hour', date '2026-12-01' + n, jsonb_build_object('n', n)
from projects p join orgs o on o.id = p.org_id, generate_series(1, 250) n
where o.name = 'Acme' or n <= 25 order by p.id, n;

insert into comments (issue_id, author_id, body)
select i.id, i.reporter_id, 'Comment ' || n from issues i, generate_series(1, 2) n order by i.id, n;

insert into shares (issue_id, org_id, partner_org_id, note)
select i.id, i.org_id, o.id, 'on loan' from issues i join orgs o on o.name = 'Globex'
where i.org_id = 'a0000000-0000-4000-8000-000000000001' order by i.id limit 5;

insert into "order" (org_id, "group", "user")
select m.org_id, 'group ' || n, m.id from members m, generate_series(1, 5) n order by m.id, n;
insert into "LineItem" ("orderId", "lineNo", sku, "unitPrice", quantity)
select id, n, 'SKU-' || n, 9.99 * n, 1.5 from "order", generate_series(1, 2) n;

insert into events (org_id, kind, payload, occurred_at)
select o.id, 'kind ' || n % 3, jsonb_build_object('at', n), timestamptz '2026-10-15 00:00+00' + n * interval '1 hour'
from orgs o, generate_series(1, 600) n where o.name <> 'Initech';
insert into heartbeats (org_id, device, at, celsius)
select o.id, 'device ' || n % 7, timestamptz '2026-11-01 00:00+00' + n * interval '1 minute', 20 + n % 5
from orgs o, generate_series(1, 100) n where o.name <> 'Initech';
insert into devices values
  ('A-1', 'a0000000-0000-4000-8000-000000000001', '10.0.0.1', (52.5, 13.4), '{1.5,2.5}', '\x0102', '[1,9)'),
  ('A-2', 'a0000000-0000-4000-8000-000000000001', '10.0.0.2', null, null, null, null),
  ('B-1', 'b0000000-0000-4000-8000-000000000002', '10.1.0.1', (48.8, 2.3), '{7}', '\x03', '[2,4)'),
  ('W-1', null, null, null, null, null, null);

insert into api_keys (org_id, name, key_hash, secret_hint) select id, 'main', sha256(name::bytea), 'ends in 42' from orgs;
insert into billing.invoices (org_id, number, amount, iban, pdf, paid_on)
select o.id, 'R-' || n, 100 * n, 'DE89370400440532013' || (100 + n), '\x255044462d', case when n % 2 = 0 then current_date end
from orgs o, generate_series(1, 6) n where o.name <> 'Initech';
insert into billing.payments (invoice_id, amount, card_number)
select id, amount, '4111111111111111' from billing.invoices where paid_on is not null;
insert into notes (org_id, member_id, body) select org_id, id, 'A note by ' || full_name from members;

refresh materialized view org_totals;
