/**
 * Values of every type that an allowed function, operator or cast takes, small and as large as a query can
 * make them.
 */

/** Sizes at which an argument is tried. */
export type Scale = 'huge' | 'large' | 'medium' | 'small'

/** Bytes, about. A parameter has at most 100,000 characters. */
export const BYTES: Readonly<Record<Scale, number>> = {
  huge: 9_000_000,
  large: 95_000,
  medium: 2_000,
  small: 10,
}

/** An expression with the values of its parameters, of which the first is `$n`. */
export interface Sample {
  readonly sql: string
  readonly parameters: readonly string[]
}

/**
 * Contents: one letter over and over, or words. A function over pairs has its worst case in the one or the
 * other.
 */
export type Texture = 'run' | 'words'

const constant = (sql: string): Sample => ({ sql, parameters: [] })

function words(bytes: number): string {
  let text = ''
  for (let n = 0; text.length < bytes; n += 1) text += `w${n} `
  return text.slice(0, bytes)
}

function textOf(bytes: number, texture: Texture, first: number): Sample {
  const part = Math.min(bytes, BYTES.large)
  const value = texture === 'words' ? words(part) : `${'a'.repeat(part - 1)}b`
  const once = `$${first}::text`
  if (bytes <= part) return { sql: once, parameters: [value] }
  const times = Math.ceil(bytes / part)
  return { sql: `(select string_agg(${once}, '') from generate_series(1, ${times}))`, parameters: [value] }
}

/** A small value of each type, different for different `n`. */
const ELEMENTS: Readonly<Record<string, string>> = {
  bool: 'n > 5',
  int2: '(n % 1000)::int2',
  int4: 'n::int4',
  int8: 'n::int8',
  oid: 'n::int8',
  float4: 'n::float4',
  float8: 'n::float8',
  numeric: 'n::numeric',
  money: 'n::int4::money',
  text: 'n::text',
  varchar: 'n::varchar',
  bpchar: 'n::bpchar',
  char: 'n::text::"char"',
  date: "date '2020-01-01' + n::int",
  time: "time '10:00'",
  timetz: "timetz '10:00+00'",
  timestamp: "timestamp '2020-01-01' + n * interval '1 second'",
  timestamptz: "timestamptz '2020-01-01 00:00+00' + n * interval '1 second'",
  interval: "n * interval '1 second'",
  uuid: "'00000000-0000-0000-0000-000000000001'::uuid",
  json: 'to_json(n)',
  jsonb: 'to_jsonb(n)',
  jsonpath: "'$[*] ? (@ > 5)'::jsonpath",
  inet: "'10.0.0.1'::inet",
  cidr: "'10.0.0.0/8'::cidr",
  macaddr: "'08:00:2b:01:02:03'::macaddr",
  macaddr8: "'08:00:2b:01:02:03:04:05'::macaddr8",
  point: 'null',
  int4range: 'int4range(n::int * 2, n::int * 2 + 1)',
  int8range: 'int8range(n * 2, n * 2 + 1)',
  numrange: 'numrange(n * 2, n * 2 + 1)',
  daterange: "daterange(date '2020-01-01' + n::int * 2, date '2020-01-02' + n::int * 2)",
  tsrange: "tsrange(timestamp '2020-01-01', timestamp '2020-01-01' + n * interval '1 second')",
  tstzrange:
    "tstzrange(timestamptz '2020-01-01 00:00+00', timestamptz '2020-01-01 00:00+00' + n * interval '1 second')",
  bit: "B'101'",
  varbit: "'101'::varbit",
  bytea: 'n::text::bytea',
  tsvector: "to_tsvector('simple', n::text)",
  tsquery: "to_tsquery('simple', n::text)",
}
/** Stand for any type, and take that of their neighbours. */
const ANY: ReadonlyMap<string, string> = new Map([
  ['any', 'text'],
  ['anyelement', 'text'],
  ['anynonarray', 'text'],
  ['anycompatible', 'text'],
  ['anycompatiblenonarray', 'text'],
  ['anyarray', '_text'],
  ['anycompatiblearray', '_text'],
  ['anyrange', 'int4range'],
  ['anycompatiblerange', 'int4range'],
  ['anymultirange', 'int4multirange'],
  ['anycompatiblemultirange', 'int4multirange'],
])
/** A query cannot make values of these. */
const UNREACHABLE: ReadonlySet<string> = new Set(
  `record cstring internal anyenum oidvector int2vector regclass regconfig regdictionary regtype refcursor xid xid8 tid
  pg_snapshot txid_snapshot pg_lsn name xml _xml line lseg box path polygon circle gtrgm unknown cid aclitem
  _aclitem _record regproc regprocedure regoper regoperator regrole regnamespace regcollation _regtype _cstring _oid
  event_trigger trigger void pg_node_tree`.split(/\s+/),
)

const CALLABLE_ANYWAY: ReadonlyMap<string, string> = new Map([['regconfig', "'english'"]])

/**
 * A value of the type about this large, or undefined where a query has no value of it; throws for a type that
 * nobody knows.
 */
export function sample(type: string, scale: Scale, texture: Texture, first: number): Sample | undefined {
  const meant = ANY.get(type) ?? type
  const fixed = CALLABLE_ANYWAY.get(meant)
  if (fixed !== undefined) return constant(fixed)
  if (UNREACHABLE.has(meant)) return undefined
  const bytes = BYTES[scale]
  const rows = `generate_series(1, ${Math.min(99_000, Math.max(1, Math.floor(bytes / 30)))}) n`
  switch (meant) {
    case 'text':
    case 'varchar':
    case 'bpchar':
      return textOf(bytes, texture, first)
    case 'bytea': {
      const text = textOf(bytes, texture, first)
      return { ...text, sql: `(${text.sql})::bytea` }
    }
    case 'numeric':
      return { sql: `($${first}::text)::numeric`, parameters: ['9'.repeat(Math.min(bytes, BYTES.large))] }
    case 'varbit':
      return { sql: `$${first}::varbit`, parameters: ['10'.repeat(Math.min(bytes, BYTES.large) / 2)] }
    case 'json':
    case 'jsonb':
      return constant(
        texture === 'words'
          ? `(select ${meant}_object_agg(n, n) from ${rows})`
          : `(select ${meant}_agg(n) from ${rows})`,
      )
    case 'tsvector': {
      const text = textOf(bytes, 'words', first)
      return { ...text, sql: `to_tsvector('simple', ${text.sql})` }
    }
    case 'tsquery':
      return {
        sql: `$${first}::tsquery`,
        parameters: [
          words(Math.min(bytes, BYTES.large / 2))
            .trim()
            .replaceAll(' ', texture === 'run' ? '&' : '|'),
        ],
      }
  }
  if (meant.endsWith('multirange')) {
    const range = ELEMENTS[meant.replace('multirange', 'range')]
    return constant(
      scale === 'small'
        ? `${meant}(${range?.replaceAll('n', '1')})`
        : `(select range_agg(${range}) from ${rows})`,
    )
  }
  if (meant.startsWith('_')) {
    const element = ELEMENTS[meant.slice(1)]
    if (element === undefined && UNREACHABLE.has(meant.slice(1))) return undefined
    if (element !== undefined) return constant(`(select array_agg(${element}) from ${rows})`)
  }
  const element = ELEMENTS[meant]
  if (element === undefined) throw new Error(`There is no sample of the type ${type}; add one.`)
  return constant(`(select ${element} from generate_series(7, 7) n)`)
}
