/**
 * The types that a value may be cast to. Not allowed: `reg*` (they reveal whether a name exists in the
 * catalogue), row types of tables, `oid` and the system's own types, XML, and pseudo-types.
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
 * The largest length in parentheses, as in `char(16000)`, which is also the limit of a vector's dimensions.
 * Without it a blank-padded type would turn one character into ten million.
 */
export const MAX_TYPE_LENGTH = 16_000
