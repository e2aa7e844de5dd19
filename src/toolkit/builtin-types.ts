/** Types of Postgres' own whose values the tools know, by the names that `format_type` prints. */

export const BUILTIN_TYPES = [
  ...(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'boolean'] as const),
  ...(['text', 'name', 'character varying', 'character', 'uuid', 'date'] as const),
  ...(['timestamp without time zone', 'timestamp with time zone'] as const),
  ...(['time without time zone', 'time with time zone'] as const),
  ...(['json', 'jsonb', 'bytea', 'xml', 'point', 'polygon'] as const),
] as const

export type BuiltinType = (typeof BUILTIN_TYPES)[number]

/** The type without a length or a precision, where it is one of them. */
export function builtinType(type: string): BuiltinType | undefined {
  const bare = type.replace(/\([^)]*\)/, '')
  return BUILTIN_TYPES.find((name) => name === bare)
}

/** Whether it is one of them, or a list of one. */
export function isBuiltin(type: string): boolean {
  return builtinType(type.replace(/(?:\[\])+$/, '')) !== undefined
}
