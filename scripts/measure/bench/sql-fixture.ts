/**
 * The retail and netflix tables with a few hundred deterministic rows, for the SQL guard's tests and
 * benchmark.
 */

import type { Access } from '../../../src/sql-guard/rules/relations.ts'

export const access: Access = {
  schemas: ['retail', 'netflix'],
  tables: new Set([
    ...['stores', 'customers', 'categories', 'product_types', 'products'].map((name) => `retail.${name}`),
    ...['orders', 'order_items', 'inventory', 'product_description_embeddings'].map(
      (name) => `retail.${name}`,
    ),
    ...['movie', 'tv_show', 'season', 'view_summary'].map((name) => `netflix.${name}`),
  ]),
}

export const tables = `
create schema retail;
create schema netflix;
set search_path = retail, netflix, public;
create table stores (
  store_id uuid primary key default gen_random_uuid(), name varchar(100) not null, location varchar(200) not null,
  region text not null, is_online boolean not null default false, opened_on date not null, manager_id uuid,
  created_at timestamptz not null default now());
create table customers (
  customer_id uuid primary key default gen_random_uuid(), store_id uuid references stores, first_name varchar(50) not null,
  last_name varchar(50) not null, email varchar(100) unique, created_at timestamptz not null default now());
create table categories (
  category_id int primary key, parent_id int references categories, name text not null);
create table product_types (
  type_id int primary key, category_id int not null references categories, name text not null);
create table products (
  product_id uuid primary key default gen_random_uuid(), category_id int references categories,
  type_id int references product_types, sku text not null unique, name text not null, description text not null,
  cost numeric(10,2) not null, price numeric(10,2) not null, tags text[] not null default '{}',
  attributes jsonb not null default '{}', created_at timestamptz not null default now());
create table orders (
  order_id uuid primary key default gen_random_uuid(), customer_id uuid references customers, store_id uuid references stores,
  order_date timestamp not null, total_amount numeric(10,2) not null, status varchar(20) not null default 'pending');
create table order_items (
  order_item_id uuid primary key default gen_random_uuid(), order_id uuid references orders, store_id uuid references stores,
  product_id uuid references products, quantity int not null, unit_price numeric(10,2) not null,
  discount numeric(4,3) not null default 0);
create table inventory (
  store_id uuid references stores, product_id uuid references products, stock_level int not null,
  reorder_level int not null, last_updated timestamptz not null default now(), primary key (store_id, product_id));
create table netflix.movie (
  id bigint primary key, title text not null, original_title text, available_globally boolean not null, release_date date,
  runtime int, locale text);
create table netflix.tv_show (id bigint primary key, title text not null, original_title text, locale text, release_date date);
create table netflix.season (
  id bigint primary key, title text not null, season_number int, tv_show_id bigint references tv_show, release_date date,
  runtime int);
create table netflix.view_summary (
  id bigint primary key, movie_id bigint references movie, season_id bigint references season, start_date date not null,
  end_date date not null, duration text not null, hours_viewed bigint not null, views bigint, view_rank int,
  cumulative_weeks_in_top10 int);
`

export const rows = `
insert into stores (store_id, name, location, region, is_online, opened_on)
select ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'Store ' || n, 'Street ' || n, (array['north','south','west'])[n % 3 + 1],
  n = 4, date '2019-01-01' + n * 100 from generate_series(1, 4) n;
insert into customers (store_id, first_name, last_name, email, created_at)
select ('00000000-0000-0000-0000-00000000000' || (n % 4 + 1))::uuid, 'First' || n, 'Last' || n % 20, 'user' || n || '@example.com',
  timestamptz '2023-01-01' + n * interval '5 days' from generate_series(1, 60) n;
insert into categories values (1, null, 'Tools'), (2, 1, 'Power tools'), (3, 1, 'Hand tools'), (4, 2, 'Drills'), (5, null, 'Garden');
insert into product_types values (1, 4, 'Cordless drill'), (2, 3, 'Hammer'), (3, 5, 'Hose');
insert into products (category_id, type_id, sku, name, description, cost, price, tags, attributes)
select (array[4, 3, 5])[n % 3 + 1], n % 3 + 1, 'SKU-' || lpad(n::text, 4, '0'), 'Product ' || n,
  'A durable product number ' || n || ' for home and garden', 5 + n, 9 + n * 2, array['t' || n % 4, 'sale'],
  jsonb_build_object('color', (array['red','blue'])[n % 2 + 1], 'weight_kg', n / 10.0, 'sizes', jsonb_build_array('s', 'm'),
    'dimensions', jsonb_build_object('w', n, 'h', n * 2)) from generate_series(1, 30) n;
insert into orders (customer_id, store_id, order_date, total_amount, status)
select c.customer_id, c.store_id, timestamp '2024-01-01' + (n * 37 % 720) * interval '1 day', 20 + n * 13 % 400,
  (array['paid','shipped','returned','pending'])[n % 4 + 1]
from generate_series(1, 5) n, customers c;
insert into order_items (order_id, store_id, product_id, quantity, unit_price, discount)
select o.order_id, o.store_id, p.product_id, 1 + (row_number() over ())::int % 4, p.price, 0.1
from orders o join products p on abs(hashtext(o.order_id::text || p.sku)) % 12 = 0;
insert into inventory (store_id, product_id, stock_level, reorder_level)
select s.store_id, p.product_id, abs(hashtext(p.sku || s.name)) % 50, 10 from stores s, products p;
insert into movie select n, 'Movie ' || n || case when n % 5 = 0 then ' // Película ' || n else '' end, null, n % 2 = 0,
  date '2020-01-01' + n * 30, 80 + n, 'en' from generate_series(1, 40) n;
insert into tv_show select n, 'Show ' || n, null, 'en', date '2019-01-01' + n * 60 from generate_series(1, 8) n;
insert into season select n, 'Show ' || (n - 1) / 2 + 1 || ': Season ' || (n - 1) % 2 + 1, (n - 1) % 2 + 1, (n - 1) / 2 + 1,
  date '2020-01-01' + n * 90, 500 from generate_series(1, 16) n;
insert into view_summary
select row_number() over (), case when n % 2 = 0 then n end, case when n % 2 = 1 then n % 16 + 1 end, date '2024-01-01' + w * 7,
  date '2024-01-07' + w * 7, 'WEEKLY', 1000000 + n * w * 977 % 5000000, 100000 + n * w * 131 % 900000, n, w % 5 + 1
from generate_series(1, 10) n, generate_series(1, 20) w;
analyze;
`

/** For servers that have pgvector. */
export const vectors = `
create extension if not exists vector;
create table product_description_embeddings (
  product_id uuid primary key references products, description_embedding vector(3), last_updated timestamp default now());
insert into product_description_embeddings (product_id, description_embedding)
select product_id, array[price, cost, length(name)]::vector from products;
`
