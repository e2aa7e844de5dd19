/** Texts of the guard's greatest length that ask the most of the parser: of its stack, its memory or its time. */

const nested = (open: string, core: string, close: string, times: number): string =>
  `select ${open.repeat(times)}${core}${close.repeat(times)}`

export const DEEP_QUERIES: readonly (readonly [what: string, sql: string])[] = [
  ['parentheses', nested('(', '1', ')', 9_900)],
  ['sums', `select 1${'+1'.repeat(9_900)}`],
  ['negations', nested('not ', 'true', '', 4_900)],
  ['alternatives', nested('true and (true or ', 'true', ')', 1_000)],
  ['unions', `select 1${' union select 1'.repeat(1_300)}`],
  ['nested unions', nested('(select 1 union ', 'select 1', ')', 900).slice(7)],
  ['cases', nested('case when true then ', '1', ' end', 800)],
  ['subqueries', nested('(select ', '1', ')', 2_200)],
  ['derived tables', `select * from ${'(select * from '.repeat(1_100)}t${')q'.repeat(1_100)}`],
  ['calls', nested('f(', '1', ')', 3_000)],
  ['arrays', nested('array[', '1', ']', 2_700)],
  ['brackets', `select array${'['.repeat(9_900)}1${']'.repeat(9_900)}`],
  ['casts', `select 1${'::a'.repeat(6_600)}`],
  ['rows', nested('row(', '1', ')', 3_900)],
  ['lists', nested('1 in (', '1', ')', 2_800)],
  ['windows', nested('f() over (order by ', '1', ')', 950)],
  ['operators with comments', `select 1 ${'+/*x*/'.repeat(3_000)}1`],
  ['columns', `select ${'a,'.repeat(9_900)}1`],
  ['joins', `select * from a${' join a on 1=1'.repeat(1_300)}`],
  ['short operators', `select ${'+'.repeat(200).concat(' ').repeat(98)}1`],
]
