/**
 * The types that a value may be cast to. Left out on purpose: `reg*` (they look names up in the catalogue and
 * say whether they exist), row types of tables, `oid` and the system's own types, XML, and pseudo-types.
 */

export const ALLOWED_TYPES: ReadonlySet<string> = new Set(
  `bool int2 int4 int8 float4 float8 numeric decimal money
   text varchar bpchar char bytea bit varbit citext
   date time timetz timestamp timestamptz interval
   uuid json jsonb jsonpath
   inet cidr macaddr macaddr8 point
   int4range int8range numrange tsrange tstzrange daterange
   int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange
   tsvector tsquery
   vector halfvec sparsevec`
    .trim()
    .split(/\s+/),
)

/**
 * The largest length in parentheses, as in `char(16000)`: a vector's dimensions end there, and a blank-padded
 * type would otherwise turn one character into ten million.
 */
export const MAX_TYPE_LENGTH = 16_000
