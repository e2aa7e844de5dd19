/** From the text that Postgres prints to JSON, by type; what would lose a digit stays text. */

interface Type {
  readonly name: string
  read(text: string): Json
}
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const asText = (text: string): Json => text
const asNumber = (text: string): Json => (Number.isFinite(Number(text)) ? Number(text) : text)
const asSafeInteger = (text: string): Json => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
// What Postgres printed as JSON is JSON.
const asJson = (text: string): Json => JSON.parse(text) as Json

/** By OID in pg_type, which never change. Types of extensions have no fixed one. */
const TYPES: ReadonlyMap<number, Type> = new Map([
  [16, { name: 'boolean', read: (text) => text === 't' }],
  [17, { name: 'bytea', read: asText }],
  [20, { name: 'bigint', read: asSafeInteger }],
  [21, { name: 'smallint', read: asNumber }],
  [23, { name: 'integer', read: asNumber }],
  [25, { name: 'text', read: asText }],
  [26, { name: 'oid', read: asNumber }],
  [114, { name: 'json', read: asJson }],
  [700, { name: 'real', read: asNumber }],
  [701, { name: 'double precision', read: asNumber }],
  [1009, { name: 'text[]', read: asText }],
  [1007, { name: 'integer[]', read: asText }],
  [1042, { name: 'character', read: asText }],
  [1043, { name: 'character varying', read: asText }],
  [1082, { name: 'date', read: asText }],
  [1083, { name: 'time', read: asText }],
  [1114, { name: 'timestamp', read: asText }],
  [1184, { name: 'timestamp with time zone', read: asText }],
  [1186, { name: 'interval', read: asText }],
  [1700, { name: 'numeric', read: asText }],
  [2950, { name: 'uuid', read: asText }],
  [3802, { name: 'jsonb', read: asJson }],
] satisfies [number, Type][])

const OTHER: Type = { name: 'other', read: asText }

export function typeOf(oid: number): Type {
  return TYPES.get(oid) ?? OTHER
}
