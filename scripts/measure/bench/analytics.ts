/**
 * Analysts' queries over the tables of `scripts/measure/bench/sql-fixture.ts`. The guard must accept each of
 * them, and Postgres must run it.
 */

export interface Analysis {
  readonly sql: string
  readonly parameters?: readonly unknown[]
  /** A requirement on the server: the pgvector extension, or a minimum major version. */
  readonly needs?: 'vector' | 16 | 17
}

const basics: readonly Analysis[] = [
  { sql: 'select count(*) from orders' },
  { sql: 'select * from stores order by name limit 10;' },
  {
    sql: 'select s.name, sum(o.total_amount) as revenue from stores s join orders o using (store_id) group by s.name order by revenue desc',
  },
  {
    sql: 'select status, count(*), round(avg(total_amount), 2) from retail.orders group by status having count(*) > 5 order by 2 desc',
  },
  { sql: 'select distinct region from stores' },
  {
    sql: 'select distinct on (store_id) store_id, order_id, total_amount from orders order by store_id, total_amount desc',
  },
  { sql: 'table stores' },
  { sql: "values (1, 'one'), (2, 'two')" },
  {
    sql: 'select * from orders where order_date >= $1::date and total_amount > $2::numeric',
    parameters: ['2024-06-01', 50],
  },
  {
    sql: 'select * from orders where store_id = any($1::uuid[])',
    parameters: ['{00000000-0000-0000-0000-000000000001}'],
  },
  {
    sql: "select * from products where name ilike '%product 1%' and price between 10 and 50 and category_id in (3, 4)",
  },
  {
    sql: 'select p.name from products p where not exists (select 1 from order_items i where i.product_id = p.product_id)',
  },
  {
    sql: 'select p.name from products p left join order_items i using (product_id) where i.product_id is null',
  },
  {
    sql: 'select s.name as name, p.name as name from stores s cross join products p limit 3 -- both are called name',
  },
  { sql: 'select 1 as a, 2 as a' },
  {
    sql: 'select (select max(order_date) from orders) as newest, (select min(order_date) from orders) as oldest',
  },
  { sql: 'select * from orders order by order_date desc nulls last offset 10 rows fetch next 5 rows only' },
  {
    sql: 'select order_id, total_amount from orders order by total_amount desc fetch first 3 rows with ties',
  },
  {
    sql: "select case when total_amount < 50 then 'small' when total_amount < 200 then 'middle' else 'large' end as size, count(*) from orders group by 1 order by 1",
  },
  { sql: "select name, case region when 'north' then 1 else 0 end as is_north from stores" },
  {
    sql: "select coalesce(manager_id::text, 'none'), nullif(region, 'west'), greatest(1, 2), least(opened_on, current_date) from stores",
  },
  { sql: 'select row_to_json(s) from stores s' },
  { sql: 'select s.* from stores s natural join inventory limit 5' },
  { sql: "select E'tab\\there', $$dollar$$, U&'\\0041', B'101', X'1F', 1e3, .5, 'it''s' /* a comment */" },
]

const aggregates: readonly Analysis[] = [
  {
    sql: "select store_id, count(*) filter (where status = 'returned') as returns, count(*) as all_orders from orders group by store_id",
  },
  {
    sql: 'select percentile_cont(0.5) within group (order by total_amount) as median, percentile_disc(0.9) within group (order by total_amount) from orders',
  },
  {
    sql: 'select store_id, percentile_cont(array[0.25, 0.5, 0.75]) within group (order by total_amount) from orders group by store_id',
  },
  { sql: 'select mode() within group (order by status) from orders' },
  { sql: 'select rank(100) within group (order by total_amount) from orders' },
  {
    sql: 'select stddev_samp(total_amount), var_pop(total_amount), corr(total_amount, extract(doy from order_date)) from orders',
  },
  { sql: 'select regr_slope(price, cost), regr_intercept(price, cost), regr_r2(price, cost) from products' },
  { sql: "select store_id, string_agg(distinct status, ', ' order by status) from orders group by store_id" },
  { sql: 'select array_agg(sku order by price desc) from products' },
  {
    sql: 'select region, store_id, count(*) from stores join orders using (store_id) group by grouping sets ((region), (store_id), ())',
  },
  {
    sql: 'select region, status, sum(total_amount), grouping(region, status) from stores join orders using (store_id) group by rollup (region, status) order by 1, 2',
  },
  { sql: 'select region, is_online, count(*) from stores group by cube (region, is_online)' },
  { sql: 'select bool_and(is_online), bool_or(is_online), every(opened_on < now()) from stores' },
  { sql: 'select count(distinct (customer_id, store_id)) from orders' },
  {
    sql: "select width_bucket(total_amount, 0, 500, 10) as bucket, count(*), repeat('#', least(count(*), 50)::int) from orders group by 1 order by 1",
  },
  { sql: 'select json_object_agg(name, location) from stores' },
  {
    sql: "select jsonb_agg(jsonb_build_object('sku', sku, 'price', price) order by sku) filter (where price > 20) from products",
  },
  { sql: 'select bit_or(quantity), bit_and(quantity), max(unit_price), min(discount) from order_items' },
]

const windows: readonly Analysis[] = [
  {
    sql: 'select order_id, sum(total_amount) over (order by order_date rows between 6 preceding and current row) as week from orders',
  },
  {
    sql: "select order_date, avg(total_amount) over (order by order_date range between interval '7 days' preceding and current row) from orders",
  },
  {
    sql: 'select order_id, row_number() over w, rank() over w, dense_rank() over w, percent_rank() over w, cume_dist() over w from orders window w as (partition by store_id order by total_amount desc)',
  },
  {
    sql: 'select name, price, lag(price) over (order by price) as before, lead(price, 2, 0) over (order by price), ntile(4) over (order by price) from products',
  },
  {
    sql: 'select sku, first_value(sku) over w, last_value(sku) over w, nth_value(sku, 2) over w from products window w as (order by price rows between unbounded preceding and unbounded following)',
  },
  {
    sql: 'select sum(total_amount) over (order by order_date groups between 1 preceding and 1 following exclude current row) from orders',
  },
  {
    sql: "with monthly as (select date_trunc('month', order_date) as month, sum(total_amount) as revenue from orders group by 1) select month, revenue, revenue - lag(revenue) over (order by month) as growth, round(100 * revenue / sum(revenue) over (), 1) as share from monthly order by month",
  },
  {
    sql: 'select * from (select o.*, row_number() over (partition by store_id order by total_amount desc) as place from orders o) ranked where place <= 3',
  },
  {
    sql: "select store_id, count(*) filter (where status = 'paid') over (partition by store_id) from orders",
  },
  {
    sql: 'select order_id, sum(total_amount) over (w order by order_date) from orders window w as (partition by store_id)',
  },
]

const withs: readonly Analysis[] = [
  {
    sql: 'with recursive tree as (select category_id, name, 1 as depth from categories where parent_id is null union all select c.category_id, c.name, t.depth + 1 from categories c join tree t on c.parent_id = t.category_id where t.depth < 10) select * from tree',
  },
  {
    sql: "with recursive tree(id, path) as (select category_id, array[name] from categories where parent_id is null union all select c.category_id, path || c.name from categories c join tree t on c.parent_id = t.id and cardinality(path) < 8) select id, array_to_string(path, ' > ') from tree",
  },
  {
    sql: 'with recursive n(i) as (values (1) union all select i + 1 from n where i < 100) select sum(i) from n',
  },
  {
    sql: "with recursive days as (select date '2024-01-01' as day union all select day + 1 from days where day < date '2024-03-31') select d.day, count(o.order_id) from days d left join orders o on o.order_date::date = d.day group by d.day order by d.day",
  },
  {
    sql: 'with recursive days(day) as (select min(order_date)::date from orders union all select day + 1 from days where day < (select max(order_date)::date from orders)) select count(*) from days',
  },
  {
    sql: 'with recursive up as (select category_id, parent_id from categories where category_id = 4 union select c.category_id, c.parent_id from categories c join up on c.category_id = up.parent_id) cycle category_id set looped using path select category_id from up',
  },
  {
    sql: 'with recursive t(id, parent) as (select category_id, parent_id from categories where parent_id is null union all select c.category_id, c.parent_id from categories c, t where c.parent_id = t.id) search depth first by id set ordering cycle id set looped using path select * from t order by ordering',
  },
  {
    sql: 'with a as materialized (select * from orders), b as not materialized (select store_id, count(*) n from a group by 1) select * from b where n > (select avg(n) from b)',
  },
  {
    sql: 'with orders as (select * from retail.orders where total_amount > 100) select count(*) from orders',
  },
  {
    sql: "with firsts as (select customer_id, min(date_trunc('month', order_date)) as cohort from orders group by 1) select cohort, extract(year from age(date_trunc('month', o.order_date), cohort)) * 12 + extract(month from age(date_trunc('month', o.order_date), cohort)) as month_number, count(distinct o.customer_id) from firsts join orders o using (customer_id) group by 1, 2 order by 1, 2",
  },
  {
    sql: 'with rfm as (select customer_id, current_date - max(order_date)::date as recency, count(*) as frequency, sum(total_amount) as monetary from orders group by 1) select ntile(5) over (order by recency desc) as r, ntile(5) over (order by frequency) as f, ntile(5) over (order by monetary) as m, customer_id from rfm',
  },
  {
    sql: 'select 1 as n union select 2 union all (select 3 order by 1 limit 1) intersect select 3 except select 9 order by n',
  },
  {
    sql: 'with a as (select 1 as x), b as (select x + 1 as x from a) select * from a union all select * from b',
  },
  {
    sql: 'select * from (with inner_orders as (select store_id from orders) select store_id, count(*) from inner_orders group by 1) q',
  },
]

const laterals: readonly Analysis[] = [
  {
    sql: 'select s.name, top.* from stores s cross join lateral (select sku, sum(quantity) as sold from order_items i join products p using (product_id) where i.store_id = s.store_id group by sku order by sold desc limit 3) top',
  },
  {
    sql: 'select c.email, latest.total_amount from customers c left join lateral (select total_amount from orders o where o.customer_id = c.customer_id order by order_date desc limit 1) latest on true',
  },
  { sql: 'select p.sku, tag from products p, unnest(p.tags) as tag' },
  {
    sql: 'select p.sku, t.tag, t.ordinality from products p cross join lateral unnest(p.tags) with ordinality as t(tag, ordinality)',
  },
  {
    sql: "select month::date, count(o.order_id) from generate_series('2024-01-01'::timestamp, '2024-12-01', interval '1 month') as month left join orders o on date_trunc('month', o.order_date) = month group by 1 order by 1",
  },
  { sql: "select * from rows from (generate_series(1, 3), unnest(array['a', 'b', 'c'])) as r(n, letter)" },
  { sql: 'select n, s.name from generate_series(1, 24) n cross join stores s' },
  { sql: 'select g.g from generate_series(1, 10, 2) g' },
  { sql: 'select p.sku, tag.tag from products p, unnest(p.tags) with ordinality as tag' },
  { sql: "select w.word, w.place from unnest(array['a', 'b'], array[1, 2]) as w(word, place)" },
  {
    sql: "select w.lexeme, count(*) from products p, unnest(to_tsvector('simple', p.name)) as w group by w.lexeme",
  },
  {
    sql: "select d::date from generate_series($1::date, $2::date, interval '1 day') d",
    parameters: ['2024-01-01', '2024-01-10'],
  },
  {
    sql: "select count(*) from generate_series((select min(order_date) from orders), (select max(order_date) from orders), '1 day')",
  },
  { sql: 'select count(*) from orders tablesample bernoulli (50) repeatable (7)' },
  { sql: 'select count(*) from orders tablesample system (100)' },
  { sql: 'select q.a + q.b from (values (1, 2), (3, 4)) as q(a, b)' },
]

const bounded: readonly Analysis[] = [
  {
    sql: "select name, repeat('*', 100 / 4), rpad(name, 2 * 20, '.'), lpad('7'::text, 3, '0') from stores",
  },
  {
    sql: "select repeat('#', greatest(1, least(quantity * 2, 40))), repeat('-', quantity % 10) from order_items",
  },
  {
    sql: "select lpad(name, '20'::int), repeat('=', (case when quantity > 5 then 10 else 5 end)::int) from stores, order_items",
  },
  { sql: "select format('%-20s|%5s'::text, name, region) from stores" },
  { sql: 'select n from generate_series(0, 1, 0.25) n union all select * from generate_series(10, 0, -2)' },
  {
    sql: "select h from generate_series('2024-01-01 00:00:00+00'::timestamptz, timestamptz '2024-01-02T00:00Z', '30 seconds') h",
  },
]

const paired: readonly Analysis[] = [
  {
    sql: 'select region from stores group by region having array_agg(name::text) && array[$1, $2] or array_agg(name::text) @> ($3::text[])[1:100]',
    parameters: ['a', 'b', '{c}'],
  },
  {
    sql: 'select a.sku, array_agg(b.sku) from products a join products b on a.tags && b.tags and a.sku < b.sku group by a.sku',
  },
  {
    sql: "select string_agg(name || ' (' || sku || ')', ', ') from products where tags @> array['sale'] or tags <@ '{sale,new}'",
  },
  { sql: 'select sku from products where $1::text[] <@ tags and tags && $1', parameters: ['{sale}'] },
  {
    sql: 'select sku from products p where p.tags && array(select tag from products q, unnest(q.tags) tag where q.sku < p.sku)',
  },
  {
    sql: "select sku, coalesce(attributes -> 'sizes', '[]') @> '[\"m\"]', attributes ?| array['color', 'sizes'] from products",
  },
  {
    sql: "select jsonb_agg(attributes - 'sizes'), jsonb_agg(attributes - array['color', 'sizes']) from products",
  },
  {
    sql: "with periods as (select daterange('2024-01-01', '2024-02-01') as r) select array_agg(o.order_id) from orders o join periods p on p.r @> o.order_date::date and o.order_date::date <@ p.r",
  },
  {
    sql: "with m as (select date_trunc('month', order_date) as month, sum(total_amount) as revenue from orders group by 1) select jsonb_agg(m), max(revenue) - min(revenue), string_agg(month || ': ' || revenue, ', ') from m",
  },
  {
    sql: 'select jsonb_agg(p.sku), array_agg(p.name), max(p.price) - min(p.price), sum(p.price) - sum(p.cost), max(p.created_at) - now() from products p',
  },
  {
    sql: "select trim(both ' .' from name), ltrim(sku, '0'), rtrim(name), btrim(name, left(sku, 3)) from products",
  },
]

const times: readonly Analysis[] = [
  {
    sql: "select extract(isodow from order_date) as weekday, to_char(order_date, 'Dy') as name, count(*) from orders group by 1, 2 order by 1",
  },
  {
    sql: "select date_bin('15 minutes', order_date, timestamp '2024-01-01') as slot, count(*) from orders group by 1",
  },
  { sql: "select order_date at time zone 'UTC' at time zone 'Europe/Berlin' from orders limit 1" },
  { sql: "select (date '2024-01-01', date '2024-02-01') overlaps (date '2024-01-15', interval '1 month')" },
  {
    sql: "select now() - interval '30 days', current_timestamp(0), localtime, make_date(2024, 2, 29), justify_interval(interval '50 days'), age(timestamp '2024-01-01')",
  },
  {
    sql: "select count(*) from orders where order_date >= date_trunc('quarter', timestamp '2024-08-01') - interval '3 months' and order_date < timestamptz '2024-12-31 00:00+00'",
  },
  {
    sql: "select to_timestamp(0), to_date('2024-03', 'YYYY-MM'), extract(epoch from interval '1 hour'), interval '1-2' year to month, date_part('week', current_date)",
  },
  {
    sql: 'select max(order_date)::date - min(order_date)::date as days, isfinite(max(order_date)) from orders',
  },
]

const texts: readonly Analysis[] = [
  {
    sql: "select upper(name), initcap(location), length(name), left(name, 3), split_part(name, ' ', 2), lpad(name, 20, '.'), trim(both ' ' from name), substring(name from 1 for 3), position('o' in name), overlay(name placing 'X' from 1 for 1) from stores",
  },
  { sql: "select regexp_replace(email, '^.*@', ''), count(*) from customers group by 1" },
  { sql: "select m[1] from products, regexp_matches(name, '(\\d+)') as m" },
  {
    sql: "select name from products where name similar to '%(1|2)' or name ~* 'product' and sku !~~ 'X%' and name like '10\\%' escape '\\'",
  },
  {
    sql: "select word, count(*) from products, regexp_split_to_table(lower(description), '\\s+') as word group by word order by 2 desc limit 5",
  },
  {
    sql: "select format('%s: %s', name, region), concat_ws(' / ', name, location), md5(name), encode(sha256(name::bytea), 'hex'), translate(name, 'abc', 'xyz'), reverse(name) from stores",
  },
  { sql: 'select name collate "C" from stores order by name collate "C" desc' },
  {
    sql: "select name, ts_rank(to_tsvector('english', description), q) as rank, ts_headline('english', description, q) from products, websearch_to_tsquery('english', 'durable garden') q where to_tsvector('english', description) @@ q order by rank desc limit 5",
  },
  {
    sql: "select title from movie where to_tsvector('simple', title) @@ to_tsquery('simple', 'movie & 1:*')",
  },
  {
    sql: "select substring(name from '[0-9]+')::int, string_to_array(name, ' '), starts_with(name, 'St'), chr(65), ascii('A'), to_hex(255) from stores",
  },
]

const documents: readonly Analysis[] = [
  {
    sql: "select attributes ->> 'color' as color, avg((attributes ->> 'weight_kg')::numeric) from products group by 1",
  },
  {
    sql: "select sku, attributes #>> '{dimensions,w}', attributes -> 'sizes' -> 0, attributes ? 'color', attributes @> '{\"color\": \"red\"}' from products",
  },
  {
    sql: "select p.sku, size from products p cross join lateral jsonb_array_elements_text(p.attributes -> 'sizes') as s(size)",
  },
  { sql: 'select p.sku, e.key, e.value from products p, jsonb_each(p.attributes) e' },
  {
    sql: "select r.w, r.h from products p, jsonb_to_record(p.attributes -> 'dimensions') as r(w int, h int)",
  },
  { sql: 'select * from jsonb_to_recordset(\'[{"a": 1, "b": "x"}]\'::jsonb) as r(a int, b text)' },
  {
    sql: "select sku from products where attributes @? '$.dimensions ? (@.w > 10)' or jsonb_path_exists(attributes, '$.sizes[*] ? (@ == \"m\")')",
  },
  {
    sql: "select jsonb_path_query_array(attributes, '$.sizes[*]'), jsonb_set(attributes, '{color}', '\"green\"'), jsonb_pretty(attributes - 'sizes') from products limit 2",
  },
  { sql: 'select k, count(*) from products, jsonb_object_keys(attributes) k group by k' },
  {
    sql: "select attributes['color'], jsonb_typeof(attributes['sizes']), (attributes['dimensions']['w'])::int from products",
  },
  { sql: "select to_jsonb(s) - 'manager_id' from stores s" },
  {
    sql: "select json_object('name': name, 'region': region absent on null), json_array(name, region) from stores",
    needs: 16,
  },
  { sql: 'select json_objectagg(name: region), json_arrayagg(name order by name) from stores', needs: 16 },
  {
    sql: 'select attributes is json object, json_array(select name from stores) from products limit 1',
    needs: 16,
  },
  {
    sql: "select jt.* from products p, json_table(p.attributes, '$' columns (id for ordinality, color text path '$.color', nested path '$.sizes[*]' columns (size text path '$'))) as jt",
    needs: 17,
  },
  {
    sql: "select json_value(attributes, '$.color' default 'none' on empty), json_query(attributes, '$.sizes' with wrapper), json_exists(attributes, '$.x') from products",
    needs: 17,
  },
]

const idioms: readonly Analysis[] = [
  { sql: 'select count(*) from orders where abs(hashtext(order_id::text)) % 10 = 0' },
  {
    sql: 'select order_id from orders where (order_date, order_id) < ($1::timestamptz, $2::uuid) order by order_date desc, order_id desc limit 5',
    parameters: ['2026-01-01', '00000000-0000-0000-0000-000000000000'],
  },
  {
    sql: 'select count(*) from orders where ($1::text is null or status = $1) and order_date > now() - $2::interval',
    parameters: [null, '10 years'],
  },
  {
    sql: "select v.metric, v.value from (select count(*) as n, sum(total_amount) as s from orders) o cross join lateral (values ('orders', o.n::numeric), ('revenue', o.s)) v(metric, value)",
  },
  { sql: 'select t.k, t.v from stores s, jsonb_each_text(to_jsonb(s)) as t(k, v)' },
  { sql: 'select (jsonb_each_text(to_jsonb(s))).* from stores s' },
  {
    sql: 'select s.name from unnest($1::uuid[]) with ordinality as wanted(id, place) join stores s on s.store_id = wanted.id order by wanted.place',
    parameters: ['{00000000-0000-0000-0000-000000000001}'],
  },
  {
    sql: 'select (array_agg(total_amount order by order_date desc))[1:3], array_agg(status) filter (where total_amount > 100) from orders group by store_id',
  },
  {
    sql: "select sum(sum(total_amount)) over (order by date_trunc('month', order_date)) as running from orders group by date_trunc('month', order_date)",
  },
  {
    sql: 'select extract(year from order_date)::int * 100 + extract(month from order_date)::int as month, count(*) from orders group by month',
  },
  {
    sql: "select d from generate_series($1::date, $2::date, '1 week') d",
    parameters: ['2024-01-01', '2024-06-01'],
  },
]

const others: readonly Analysis[] = [
  {
    sql: "select tags && array['t1'], tags @> array['sale'], array_length(tags, 1), array_position(tags, 'sale'), tags[1], tags[1:2], cardinality(tags) from products",
  },
  { sql: 'select array(select sku from products order by sku limit 3)' },
  {
    sql: "select daterange('2024-01-01', '2024-02-01') @> order_date::date, upper(daterange('2024-01-01', '2024-02-01')) from orders limit 1",
  },
  { sql: "select range_agg(daterange(start_date, end_date, '[]')) from view_summary where view_rank = 1" },
  { sql: 'select unnest(int4multirange(int4range(1, 3), int4range(5, 8)))' },
  {
    sql: 'select sqrt(price), ln(price), power(price, 2), price % 5, price ^ 2, |/ price, abs(-price), round(price, 1), ceil(price), trunc(price), degrees(pi()), sin(radians(30)), log(10, 100), cbrt(27), mod(7, 3), sign(-3), gcd(12, 18) from products limit 3',
  },
  {
    sql: '  select 2 * 6371 * asin(sqrt(power(sin(radians(52.5 - 48.1) / 2), 2) + cos(radians(48.1)) * cos(radians(52.5)) * power(sin(radians(13.4 - 11.6) / 2), 2))) as km',
  },
  { sql: 'select price operator(pg_catalog.+) 1, pg_catalog.upper(name) from products limit 1' },
  {
    sql: 'select price > all (select price from products where category_id = 3), 4 = some (select category_id from products) from products',
  },
  { sql: 'select (price, cost) = (select price, cost from products order by sku limit 1) from products' },
  {
    sql: 'select price is distinct from cost, is_online is not true, manager_id is null from products, stores limit 1',
  },
  { sql: "select s.name from stores s where (s.region, s.is_online) in (('north', false), ('south', true))" },
  {
    sql: "select m.title, sum(v.hours_viewed) as hours from netflix.view_summary v join netflix.movie m on m.id = v.movie_id where v.duration = 'WEEKLY' group by m.title order by hours desc limit 10",
  },
  {
    sql: 'select t.title, s.season_number, v.start_date, v.views, v.views - lag(v.views) over (partition by s.id order by v.start_date) as change from view_summary v join season s on s.id = v.season_id join tv_show t on t.id = s.tv_show_id order by 1, 2, 3',
  },
  { sql: 'select gen_random_uuid() is not null, random() < 2 from products limit 1' },
  {
    sql: 'select i.product_id, i.stock_level, coalesce(sum(o.quantity), 0) as sold, case when coalesce(sum(o.quantity), 0) > 0 then round(i.stock_level / (sum(o.quantity) / 24.0), 1) end as months_left from inventory i left join order_items o using (store_id, product_id) group by i.store_id, i.product_id having i.stock_level < max(i.reorder_level) order by months_left nulls last',
  },
  {
    sql: 'select a.sku, b.sku, count(*) as together from order_items x join order_items y on x.order_id = y.order_id and x.product_id < y.product_id join products a on a.product_id = x.product_id join products b on b.product_id = y.product_id group by 1, 2 order by 3 desc limit 10',
  },
  {
    sql: "with totals as (select product_id, sum(quantity * unit_price * (1 - discount)) as revenue from order_items group by 1), running as (select product_id, revenue, sum(revenue) over (order by revenue desc) / sum(revenue) over () as share from totals) select case when share <= 0.8 then 'A' when share <= 0.95 then 'B' else 'C' end as class, count(*), sum(revenue) from running group by 1 order by 1",
  },
  {
    sql: 'select p.name, 1 - (e.description_embedding <=> $1::vector) as similarity from product_description_embeddings e join products p using (product_id) order by e.description_embedding <=> $1::vector limit 5',
    parameters: ['[1,2,3]'],
    needs: 'vector',
  },
  {
    sql: "select l2_distance(description_embedding, '[1,2,3]'), cosine_distance(description_embedding, '[1,2,3]'::vector(3)), vector_dims(description_embedding), avg(description_embedding) over (), description_embedding <-> '[0,0,1]', description_embedding <#> '[0,0,1]' from product_description_embeddings",
    needs: 'vector',
  },
]

export const analytics: readonly Analysis[] = [
  ...basics,
  ...aggregates,
  ...windows,
  ...withs,
  ...laterals,
  ...bounded,
  ...paired,
  ...times,
  ...texts,
  ...documents,
  ...idioms,
  ...others,
]
