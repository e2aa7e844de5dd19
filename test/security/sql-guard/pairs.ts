/** Built-ins that go over each part of one value for each part of another, and hear no timeout. */

import { type Hostile, hostile } from './hostile.ts'

const MADE = 'array_agg(n::text) a, jsonb_agg(n) d from generate_series(1, 99999) n'

export const pairs: readonly Hostile[] = [
  ...hostile(
    'translate',
    "select translate(string_agg(description, ''), lpad('', 5000, 'y'), '') from products",
    "select translate(description, sku, '') from products",
    "select translate(description, left(sku, 10000), '') from products",
    `select translate(description, '${'y'.repeat(257)}', '') from products`,
    "select translate(description, 'abc', lpad('', 5000, 'y')) from products",
    "select translate(description, $1, '') from products",
  ),
  ...hostile('btrim', "select trim(both lpad('', 5000, 'y') || 'x' from lpad('', 9999, 'x'))"),
  ...hostile('ltrim', "select ltrim(description, lpad('', 5000, 'y')) from products"),
  ...hostile('rtrim', "select rtrim(description, lpad('', 5000, 'y')) from products"),
  ...hostile(
    'word_similarity',
    "select word_similarity(string_agg(description, ' '), string_agg(name, ' ')) from products",
    'select word_similarity(name, description) from products',
    'select word_similarity(left(name, 1001), left(description, -1)) from products',
    'select strict_word_similarity(name, description) from products',
    'select word_similarity($1, $2)',
    "select word_similarity($1, string_agg(name, ' ')) from products",
    `select word_similarity('${'x'.repeat(1_001)}', string_agg(name, ' ')) from products`,
  ),
  ...hostile(
    '%>',
    'select description %> name from products',
    'select name operator(pg_catalog.%>) name from products',
  ),
  ...hostile('<<%', 'select name <<% description from products'),
  ...hostile('%>>', 'select description %>> name from products'),
  ...hostile('<->>', 'select name <->> description from products order by 1'),
  ...hostile('<<->', 'select name from products order by description <<-> name'),
  ...hostile('<->>>', 'select name <->>> description from products'),
  ...hostile('<<<->', 'select name <<<-> description from products'),
  ...['&&', '@>', '<@'].flatMap((operator) =>
    hostile(
      operator,
      `with m as (select ${MADE}) select x.a ${operator} y.a from m x, m y`,
      `with m as (select ${MADE}) select a ${operator} a from m`,
      `select array_agg(sku) ${operator} array_agg(name) from products`,
      `select $1::text[] ${operator} array_agg(sku) from products`,
      `select '{${'1,'.repeat(600)}1}'::int[] ${operator} array_agg(n) from generate_series(1, 99999) n`,
      `select array[${'1,'.repeat(1_000)}1] ${operator} array_agg(n) from generate_series(1, 99999) n`,
      `select ($1::text[])[1:5000] ${operator} array_agg(sku) from products`,
      `select ($1::text[])[1:] ${operator} array_agg(sku) from products`,
      `select array(select sku from products) ${operator} array(select name from products)`,
      `select string_to_array(string_agg(sku, ','), ',') ${operator} string_to_array(string_agg(sku, ','), ',') from products`,
      `select ('{' || string_agg('1', ',') || '}')::int[] ${operator} ('{' || string_agg('2', ',') || '}')::int[] from products`,
      `with recursive t as (select tags as a, 1 as n from products union all select a || a, n + 1 from t where n < 20) select a ${operator} a from t`,
      `with m as (select ${MADE}) select m.a ${operator} any (select a from m) from m`,
      `with products as (select array_agg(sku) tags from retail.products) select products.tags ${operator} products.tags from products`,
    ),
  ),
  ...hostile(
    '@>',
    'select jsonb_agg(sku) @> jsonb_agg(name) from products',
    `with m as (select ${MADE}) select x.d @> y.d from m x, m y`,
    "select ('[' || string_agg('1', ',') || ']')::jsonb @> to_jsonb(array_agg(sku)) from products",
    'select json_arrayagg(sku returning jsonb) @> json_arrayagg(name returning jsonb) from products',
    'select jsonb_agg(sku) operator(pg_catalog.@>) jsonb_agg(name) from products',
  ),
  ...hostile('?|', `with m as (select ${MADE}) select d ?| a from m`),
  ...hostile('?&', 'select jsonb_agg(sku) ?& array_agg(name) from products'),
  ...hostile('jsonb_contains', 'select jsonb_contains(jsonb_agg(sku), jsonb_agg(name)) from products'),
  ...hostile('jsonb_exists_any', 'select jsonb_exists_any(jsonb_agg(sku), array_agg(name)) from products'),
  ...hostile('jsonb_delete', 'select jsonb_delete(jsonb_agg(sku), variadic array_agg(name)) from products'),
  ...hostile(
    '`-`',
    'select jsonb_agg(sku) - array_agg(name) from products',
    `with m as (select ${MADE}), o as (select d as x, a as y from m) select x - y from o`,
    'with recursive t as (select tags as a, 1 as n from products union all select a || a, n + 1 from t where n < 20) select (select jsonb_agg(sku) from products) - a from t',
  ),
]
