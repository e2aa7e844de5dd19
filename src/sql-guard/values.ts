/** Converts Postgres' text to JSON, by type. A number that would lose a digit stays text. */

import { RowgateError } from '../infra/errors.ts'
import { mayHoldInexact, withExactNumbers } from '../infra/exact-number.ts'

/** Nesting depth. The code that checks and writes the result is recursive, and fails at twice this depth. */
const MAX_JSON_DEPTH = 2_500
/** Nesting depth of a value with numbers beyond 2^53: a reviver takes more of the stack. */
const MAX_REVIVED_DEPTH = 500

interface Type {
  readonly name: string
  read(text: string): Json
}
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const asText = (text: string): Json => text
const asNumber = (text: string): Json => (Number.isFinite(Number(text)) ? Number(text) : text)
const asSafeInteger = (text: string): Json => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
// Postgres prints valid JSON. A reviver is slow and recursive, and few texts have a number that needs it.
const parse = (text: string, reviver?: typeof withExactNumbers): Json => JSON.parse(text, reviver) as Json

function asJson(text: string): Json {
  const value = parse(text)
  const revived = mayHoldInexact(text)
  const most = revived ? MAX_REVIVED_DEPTH : MAX_JSON_DEPTH
  if (nestsDeeperThan(most, value)) {
    throw new RowgateError(
      'RESULT_TOO_LARGE',
      `A JSON value nests more than ${most} deep; select a part of it, as \`x #> '{a,b}'\` does, or cast it to text: \`x::text\`.`,
    )
  }
  return revived ? parse(text, withExactNumbers) : value
}

/** Iterative, as the depth is the caller's choice. */
function nestsDeeperThan(most: number, value: Json): boolean {
  let level: Json[] = [value]
  for (let depth = 0; depth <= most; depth += 1) {
    const nested = level.filter((inner) => typeof inner === 'object' && inner !== null)
    if (nested.length === 0) return false
    level = nested.flatMap((inner) => Object.values(inner))
  }
  return true
}

/** By OID in pg_type, which never changes. Extensions' types have no fixed one. */
const READ: readonly (readonly [string, Type['read']])[] = [
  ['16 boolean', (text) => text === 't'],
  ['20 bigint', asSafeInteger],
  ['21 smallint,23 integer,26 oid,700 real,701 double precision', asNumber],
  ['114 json,3802 jsonb', asJson],
  [
    '17 bytea,25 text,600 point,790 money,869 inet,1000 boolean[],1005 smallint[],1007 integer[],1009 text[],1015 character varying[],' +
      '1016 bigint[],1021 real[],1022 double precision[],1042 character,1043 character varying,1082 date,1083 time,1114 timestamp,' +
      '1115 timestamp[],1182 date[],1184 timestamp with time zone,1185 timestamp with time zone[],1186 interval,1231 numeric[],' +
      '1266 time with time zone,1560 bit,1700 numeric,2249 record,2287 record[],2950 uuid,2951 uuid[],3614 tsvector,3615 tsquery,' +
      '3807 jsonb[],3904 int4range,3906 numrange,3908 tsrange,3910 tstzrange,3912 daterange,3926 int8range',
    asText,
  ],
]
const TYPES: ReadonlyMap<number, Type> = new Map(
  READ.flatMap(([types, read]) =>
    types.split(',').map((type): [number, Type] => {
      const oid = Number.parseInt(type, 10)
      return [oid, { name: type.slice(`${oid} `.length), read }]
    }),
  ),
)

const OTHER: Type = { name: 'other', read: asText }

export function typeOf(oid: number): Type {
  return TYPES.get(oid) ?? OTHER
}
