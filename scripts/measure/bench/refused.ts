/** Queries that cost the guard the most of all found, and that it refuses. */

import { MAX_SELECTS, MAX_TOKENS } from '../../../src/sql-guard/parser/parse.ts'

export interface RefusedQuery {
  readonly what: string
  readonly sql: string
  readonly parameters?: readonly unknown[]
  /** Part of the reason. */
  readonly because: string
}

/** `core`, then `link` as often as the tokens allow; `tokens` of them a link. */
function chain(core: string, link: string, tokens: number): string {
  // `select` and the core are tokens too.
  return `select ${core}${link.repeat(Math.floor((MAX_TOKENS - 2) / tokens))}`
}

function nested(open: string, core: string, close: string, times: number): string {
  return `select ${open.repeat(times)}${core}${close.repeat(times)}`
}

const NESTED = 'nested more than 250 deep'
const TABLE = 'no table `secrets`'
const DEEP = 50_000

export const REFUSED: readonly RefusedQuery[] = [
  { what: 'a chain of ||', sql: chain("''", "||''", 3), because: NESTED },
  { what: 'a chain of sums', sql: chain('1', '+1', 2), because: NESTED },
  { what: 'a chain of casts', sql: chain('1', '::int', 3), because: NESTED },
  { what: 'a chain of JSON paths', sql: chain("''", "->'a'", 3), because: NESTED },
  { what: 'negations', sql: nested('not ', 'true', '', MAX_TOKENS - 2), because: NESTED },
  { what: 'calls', sql: nested('f(', '1', ')', 3_000), because: NESTED },
  { what: 'rows', sql: nested('row(', '1', ')', 3_900), because: NESTED },
  { what: 'windows', sql: nested('f() over (order by ', '1', ')', 790), because: NESTED },
  { what: 'JSON builders', sql: nested("jsonb_build_object('a',", '1', ')', 800), because: NESTED },
  {
    what: 'deep JSON as a parameter',
    sql: 'select $1::jsonb from secrets',
    parameters: ['['.repeat(DEEP) + ']'.repeat(DEEP)],
    because: TABLE,
  },
  {
    what: 'a list of most tokens',
    sql: `select ${'1,'.repeat((MAX_TOKENS - 4) / 2)}1 from secrets`,
    because: TABLE,
  },
  {
    what: 'a product of sizes',
    sql: `select ${"repeat('x', 1000),".repeat(400)}1, now() at time zone 'x'`,
    because: 'multiply',
  },
  { what: 'too many tokens', sql: `select ${'1,'.repeat(9_900)}1`, because: `${MAX_TOKENS} are allowed` },
  { what: 'runs of operators', sql: `select ${`${'+'.repeat(200)} `.repeat(98)}1`, because: 'are allowed' },
  {
    what: 'too many SELECTs',
    sql: `select 1${' union select 1'.repeat(1_300)}`,
    because: `At most ${MAX_SELECTS} SELECTs`,
  },
]
