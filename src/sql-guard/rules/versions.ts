/**
 * Features newer than the oldest supported PostgreSQL. An older server has no function of that name, and
 * would call one that somebody made in a schema of the search path, which nobody has reviewed.
 */

/** The oldest supported server version. */
export const OLDEST_SERVER = 14

const BY_VERSION: Readonly<Record<number, string>> = {
  15: 'regexp_count regexp_instr regexp_like regexp_substr',
  16: `any_value json_agg_strict json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_agg_strict
    jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict erf erfc random_normal array_sample
    array_shuffle date_add date_subtract daitch_mokotoff`,
  17: 'to_bin to_oct uuid_extract_timestamp uuid_extract_version',
  18: 'gamma lgamma casefold crc32 crc32c array_reverse array_sort uuidv4 uuidv7',
}

/**
 * By the parser's node: SQL syntax that looks like a call, with its spelling. An older grammar parses it as a
 * call.
 */
const NODES_BY_VERSION: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  16: {
    JsonObjectConstructor: 'json_object(key: value)',
    JsonArrayConstructor: 'json_array',
    JsonArrayQueryConstructor: 'json_array',
    JsonObjectAgg: 'json_objectagg',
    JsonArrayAgg: 'json_arrayagg',
    JsonIsPredicate: 'is json',
  },
  17: {
    JsonParseExpr: 'json(…)',
    JsonScalarExpr: 'json_scalar',
    JsonSerializeExpr: 'json_serialize',
    JsonFuncExpr: 'json_value, json_query and json_exists',
    JsonTable: 'json_table',
  },
}

/** A feature that not every supported server has, and the first major version with it. */
export interface Newer {
  readonly name: string
  readonly since: number
}

/** By name. */
export const NEWER_FUNCTIONS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_VERSION).flatMap(([version, names]) =>
    names.split(/\s+/).map((name): [string, number] => [name, Number(version)]),
  ),
)

/** By kind. */
export const NEWER_NODES: ReadonlyMap<string, Newer> = new Map(
  Object.entries(NODES_BY_VERSION).flatMap(([version, nodes]) =>
    Object.entries(nodes).map(([kind, name]): [string, Newer] => [kind, { name, since: Number(version) }]),
  ),
)
