/**
 * Texts that Postgres would read as time zones and keep for the whole session, and rows without names, of
 * which it keeps each kind.
 */

import { type Hostile, hostile } from './hostile.ts'

const N = 'from generate_series(1, 5000) n'

export const sessionMemory: readonly Hostile[] = [
  ...hostile(
    'time zone',
    `select count(timestamp '2026-01-01' at time zone ('<A' || n || '>5')) ${N}`,
    `select count(timezone('<A' || n || '>5', now())) ${N}`,
    `select count(pg_catalog.timezone(format('<A%s>5', n), now())) ${N}`,
    `select count(make_timestamptz(2026, 1, 1, 0, 0, 0, '<A' || n || '>5')) ${N}`,
    `select count(make_timestamptz(year => 2026, month => 1, mday => 1, hour => 0, min => 0, sec => 0, timezone => '<A' || n || '>5')) ${N}`,
    `select count(date_trunc('day', now(), '<A' || n || '>5')) ${N}`,
    `select count(date_add(now(), interval '1 day', '<A' || n || '>5')) ${N}`,
    `select count(date_subtract(now(), interval '1 day', name)) from stores`,
    `select * from generate_series(timestamptz '2026-01-01 00:00+00', timestamptz '2026-01-02 00:00+00', interval '1 day', name) from stores`.replace(
      / from stores$/,
      ', stores',
    ),
    'select now() at time zone name from stores',
    'select now() at time zone z from unnest($1::text[]) z',
    "select now() at time zone '<A1>5'",
    "select now() at time zone 'ABC5'",
    "select now() at time zone 'UTC+3:17'",
    "select now() at time zone ('UT' || 'C')",
    "select now() at time zone (array['UTC'])[1]",
    "select now() at time zone (select 'UTC')",
    "select now() at time zone coalesce($1, 'UTC')",
    "select now() at time zone left('UTC', n::int) from generate_series(1, 3) n",
  ),
  ...hostile(
    'that the query builds',
    ...['timestamptz', 'timestamp', 'date', 'time', 'timetz', 'tstzrange', 'daterange'].map(
      (type) => `select count(('2026-01-01 00:00 <A' || n || '>5')::${type}) ${N}`,
    ),
    `select count(timestamptz(concat('2026-01-01 <A', n, '>5'))) ${N}`,
    `select count(date('2026-01-01 ' || md5(n::text))) ${N}`,
    `select count(('2026-01-01 ' || chr(65 + n % 26) || 'BC5')::timestamptz) ${N}`,
    `select count(x::timestamptz) from (select '2026-01-01 <A' || n || '>5' as x ${N}) q`,
    `with q as materialized (select format('2026-01-01 <A%s>5', n) as x ${N}) select count(x::timestamptz) from q`,
    `select count(('{"2026-01-01 <A' || n || '>5"}')::timestamptz[]) ${N}`,
    `select count((array[replace('2026-01-01 <A0>5', '0', n::text)])::timestamptz[]) ${N}`,
    `select count(t) ${N}, json_to_record(('{"t": "2026-01-01 <A' || n || '>5"}')::json) as r(t timestamptz)`,
    `select count(t) ${N}, jsonb_to_recordset(jsonb_build_array(jsonb_build_object('t', '2026-01-01 <A' || n || '>5'))) as r(t timestamptz)`,
    `select count(substr(name, n::int, 5)::timestamptz) from stores, generate_series(1, 5000) n`,
    `select count(cast(lpad('A', n::int % 99, 'B') || '5' as timetz)) ${N}`,
    `select count((case when n > 0 then '2026-01-01 <A' || n || '>5' end)::timestamptz) ${N}`,
    `with recursive t as (select 1 as n, '2026-01-01 <A>5' as x union all select n + 1, '2026-01-01 <A' || n || '>5' from t where n < 5000) select count(x::timestamptz) from t`,
  ),
  ...hostile(
    'times of one query',
    `select ${Array.from({ length: 9 }, (_, n) => `timestamptz '2026-01-01 00:00 <A${n}>5'`).join(', ')}`,
    `select x::timestamptz from (values ${Array.from({ length: 9 }, (_, n) => `('2026-01-01 ABC${n}')`).join(', ')}) v(x)`,
    `select '{${Array.from({ length: 99 }, (_, n) => `"2026-01-01 <A${n}>5"`).join(',')}}'::timestamptz[]`,
  ),
  ...hostile(
    'values of one query may be in rows',
    `select ${Array.from({ length: 60 }, (_, n) => `row(${Array.from({ length: n + 1 }, () => 1)})`).join(', ')}`,
    `select * from ${Array.from({ length: 30 }, (_, n) => `json_to_record('{}') as r${n}(${Array.from({ length: 40 }, (__, m) => `c${m} int`)})`).join(', ')}`,
  ),
]

/** Values for `$1` that are no zone, beside one that is. */
export const zoneParameters: readonly (readonly [value: unknown, accepted: boolean])[] = [
  ['Europe/Berlin', true],
  ['america/argentina/Buenos_Aires', true],
  ['Etc/GMT+5', true],
  ['+05:30', true],
  ['-8', true],
  ['CET', true],
  [null, true],
  ['<A1>5', false],
  ['ABC5', false],
  ['EST5EDT4', false],
  ['+05:17', false],
  ['UTC+99', false],
  ['../../etc/passwd', false],
  [7, false],
]
