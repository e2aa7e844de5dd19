/** Messages for SQLSTATEs that cover several cases, which only Postgres' message distinguishes. */

import type { ErrorMapping } from '../error-mapping.ts'

/**
 * Postgres' message is only matched, never passed on. On a server with another language than English nothing
 * matches.
 */
const CASES: readonly (readonly [sqlstate: string, words: RegExp, mapping: ErrorMapping])[] = [
  [
    '42803',
    /^aggregate functions are not allowed in WHERE/,
    [
      'QUERY_REJECTED',
      'An aggregate does not go into WHERE, which sees one row at a time; put the condition into HAVING.',
    ],
  ],
  [
    '42803',
    /^aggregate functions are not allowed in/,
    [
      'QUERY_REJECTED',
      'An aggregate does not go here; work it out in a subquery or a WITH, and use its column.',
    ],
  ],
  [
    '42803',
    /^aggregate function calls cannot be nested/,
    ['QUERY_REJECTED', 'An aggregate of an aggregate needs the inner one in a subquery.'],
  ],
  [
    '42P20',
    /^window functions are not allowed in/,
    [
      'QUERY_REJECTED',
      'A window function goes into the SELECT list; filter by its column in an outer query.',
    ],
  ],
  [
    '42601',
    /^each (UNION|INTERSECT|EXCEPT) query must have the same number of columns/,
    ['QUERY_REJECTED', 'The SELECTs of a UNION, INTERSECT or EXCEPT need the same number of columns.'],
  ],
  [
    '42804',
    /^(UNION|INTERSECT|EXCEPT) types .* cannot be matched/,
    [
      'QUERY_REJECTED',
      'The SELECTs of a UNION, INTERSECT or EXCEPT need columns of the same types; cast one, as in `x::text`.',
    ],
  ],
  [
    '54000',
    /^(null character not permitted|requested character)/,
    ['VALIDATION_ERROR', 'A text cannot hold that character: `chr` takes 1 to 1114111, and not U+0000.'],
  ],
  [
    '22P02',
    /^invalid input value for enum/,
    ['VALIDATION_ERROR', 'This is not one of the values of its enum type.'],
  ],
  ...[
    'uuid',
    'integer',
    'bigint',
    'smallint',
    'numeric',
    'double precision',
    'real',
    'boolean',
    'json',
    'inet',
  ].map(
    (type) =>
      [
        '22P02',
        new RegExp(`^invalid input syntax for type ${type}\\b`),
        [
          'VALIDATION_ERROR',
          `This is not written as ${/^[aeiu](?!u)/.test(type) && type !== 'uuid' ? 'an' : 'a'} ${type}.`,
        ],
      ] as const,
  ),
]

export function knownCase(sqlstate: string, words: string): ErrorMapping | undefined {
  return CASES.find(([code, pattern]) => code === sqlstate && pattern.test(words))?.[2]
}
