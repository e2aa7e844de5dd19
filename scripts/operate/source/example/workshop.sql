-- An application for those who have no database at hand: bicycle workshops, each a tenant of its own. `default` is the
-- tenant of local tokens. All names are made up.

create schema workshop;

create type workshop.repair_status as enum ('received', 'in progress', 'waiting for parts', 'ready', 'collected');

create table workshop.shops (
  id text primary key,
  name text not null,
  city text not null
);
comment on table workshop.shops is 'A workshop';

create table workshop.mechanics (
  id bigint generated always as identity primary key,
  shop_id text not null references workshop.shops,
  external_sub text not null,
  full_name text not null,
  email text not null,
  hourly_wage numeric(8, 2) not null,
  unique (shop_id, external_sub)
);
comment on column workshop.mechanics.external_sub is 'Whom the mechanic logs in as';

create table workshop.customers (
  id bigint generated always as identity primary key,
  shop_id text not null references workshop.shops,
  full_name text not null,
  email text,
  phone text
);

create table workshop.bikes (
  id bigint generated always as identity primary key,
  customer_id bigint not null references workshop.customers,
  make text not null,
  model text not null,
  colour text,
  bought_on date
);
comment on table workshop.bikes is 'Bicycles; whose shop they belong to is known by their customer';

create table workshop.repairs (
  id bigint generated always as identity primary key,
  shop_id text not null references workshop.shops,
  bike_id bigint not null references workshop.bikes,
  mechanic_id bigint references workshop.mechanics,
  complaint text not null,
  status workshop.repair_status not null default 'received',
  price numeric(8, 2),
  received_at timestamptz not null,
  due date
);
create index repairs_newest on workshop.repairs (shop_id, id desc);

create table workshop.repair_parts (
  repair_id bigint not null references workshop.repairs on delete cascade,
  part text not null,
  quantity int not null default 1,
  unit_price numeric(8, 2) not null,
  primary key (repair_id, part)
);

insert into workshop.shops values ('default', 'Canal Street Cycles', 'Utrecht'), ('harbour', 'Harbour Bikes', 'Lisbon');
insert into workshop.mechanics (shop_id, external_sub, full_name, email, hourly_wage) values
  ('default', 'alice', 'Alice Jansen', 'alice@canal.example', 31.50),
  ('default', 'bob', 'Bob de Vries', 'bob@canal.example', 28.00),
  ('harbour', 'carol', 'Carol Sousa', 'carol@harbour.example', 24.00);
insert into workshop.customers (shop_id, full_name, email, phone)
  select s.id, 'Customer ' || n || ' of ' || s.city, 'customer' || n || '@' || s.id || '.example', '+31 6 5550 ' || (1000 + n)
  from workshop.shops s, generate_series(1, 12) n order by s.id, n;
insert into workshop.bikes (customer_id, make, model, colour, bought_on)
  select c.id, (array['Gazelle', 'Koga', 'Sparta', 'Brompton'])[1 + c.id % 4], 'Model ' || c.id, (array['black', 'green', 'red'])[1 + c.id % 3],
    date '2020-03-01' + (40 * c.id)::int
  from workshop.customers c order by c.id;
insert into workshop.repairs (shop_id, bike_id, mechanic_id, complaint, status, price, received_at, due)
  select c.shop_id, b.id, (select min(m.id) from workshop.mechanics m where m.shop_id = c.shop_id),
    (array['Puncture', 'Squeaking brakes', 'Broken spoke', 'Gears slip'])[1 + (b.id + n) % 4],
    (enum_range(null::workshop.repair_status))[1 + (b.id * n) % 5], 15 + 7.5 * n, timestamptz '2026-11-02 09:00+00' + n * interval '3 days',
    date '2026-11-05' + 3 * n
  from workshop.bikes b join workshop.customers c on c.id = b.customer_id, generate_series(1, 4) n order by b.id, n;
insert into workshop.repair_parts (repair_id, part, quantity, unit_price)
  select r.id, p.part, 1, p.price from workshop.repairs r,
    (values ('Inner tube', 8.95), ('Brake pads', 12.50), ('Spoke', 1.20), ('Cable', 4.75)) p (part, price)
  where (r.id + length(p.part)) % 2 = 0 order by r.id;

analyze workshop.shops, workshop.mechanics, workshop.customers, workshop.bikes, workshop.repairs, workshop.repair_parts;
