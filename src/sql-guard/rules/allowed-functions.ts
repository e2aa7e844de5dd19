/**
 * The functions that a query may call, by name: PostgreSQL 15 to 18, pgvector, pg_trgm, fuzzystrmatch and
 * unaccent.
 *
 * A function is allowed when all of its overloads only compute from their arguments. Never allowed are
 * functions that run text as SQL (`query_to_xml`, `ts_stat`, `ts_rewrite`), read or write outside the tables
 * (`pg_read_file`, `lo_get`, `nextval`), change or reveal the session (`set_config`, `current_setting`), wait
 * (`pg_sleep`), lock or signal, or describe the server and its catalogue (`version`, `has_table_privilege`,
 * `to_regclass`). `pg_typeof` does the last: next to its result Postgres reads a literal or a parameter as a
 * type name too, and each table is a type.
 */

import { words } from '../../infra/text.ts'

const aggregates = words(`
  any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or count every max min sum string_agg
  range_agg range_intersect_agg
  json_agg json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict
  jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique
  jsonb_object_agg_unique_strict
  corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
  regr_syy stddev stddev_pop stddev_samp variance var_pop var_samp
  mode percentile_cont percentile_disc`)

const windows = words(`
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value`)

const maths = words(`
  abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees
  div erf erfc exp floor gamma gcd lcm lgamma ln log log10 min_scale mod pi pow power radians random random_normal round
  scale sign sin sind sinh sqrt tan tand tanh trim_scale trunc width_bucket bit_count`)

const strings = words(`
  ascii bit_length btrim casefold char_length character_length chr concat concat_ws convert convert_from convert_to
  crc32 crc32c decode encode format get_bit get_byte initcap hashtext is_normalized left length like_escape lower lpad ltrim md5
  normalize octet_length overlay parse_ident position quote_ident quote_literal quote_nullable repeat replace reverse
  right rpad rtrim set_bit set_byte sha224 sha256 sha384 sha512 similar_to_escape split_part starts_with strpos
  string_to_array string_to_table substr substring to_ascii to_bin to_hex to_oct translate unistr upper
  regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
  regexp_split_to_table regexp_substr`)

const fuzzy = words(`
  similarity word_similarity strict_word_similarity show_trgm unaccent levenshtein levenshtein_less_equal soundex
  difference metaphone dmetaphone dmetaphone_alt daitch_mokotoff`)

const times = words(`
  age clock_timestamp date date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days
  justify_hours justify_interval make_date make_interval make_time make_timestamp make_timestamptz now overlaps
  statement_timestamp time timetz timestamp timestamptz timezone to_char to_date to_number to_timestamp
  transaction_timestamp interval`)

/** Casts written as calls. Without `bpchar` and `bit`, whose second argument pads without a limit. */
const casts = words('bool int2 int4 int8 float4 float8 numeric text varchar')

const json = words(`
  array_to_json json_array_element json_array_elements json_array_elements_text json_array_length json_build_array
  json_build_object json_each json_each_text json_extract_path json_extract_path_text json_object json_object_keys
  json_strip_nulls json_to_record json_to_recordset json_typeof row_to_json to_json
  jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_concat
  jsonb_contains jsonb_delete jsonb_delete_path jsonb_each jsonb_each_text jsonb_exists jsonb_exists_all jsonb_exists_any
  jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys jsonb_path_exists
  jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array
  jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_pretty jsonb_set
  jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof to_jsonb`)

const arrays = words(`
  array_append array_cat array_dims array_length array_lower array_ndims array_position array_positions array_prepend
  array_remove array_replace array_reverse array_sample array_shuffle array_sort array_to_string array_upper cardinality
  generate_subscripts trim_array unnest num_nonnulls num_nulls`)

const ranges = words(`
  int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange
  tstzmultirange datemultirange multirange isempty lower_inc lower_inf upper_inc upper_inf range_merge range_adjacent
  range_contains range_contained_by range_intersect range_minus range_overlaps range_union`)

const fullText = words(`
  to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery tsquery_phrase ts_rank ts_rank_cd
  ts_headline ts_delete ts_filter setweight strip numnode querytree array_to_tsvector tsvector_to_array json_to_tsvector
  jsonb_to_tsvector`)

const addresses = words(`
  abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network set_masklen`)

const vectors = words(`
  cosine_distance inner_product l1_distance l2_distance l2_norm l2_normalize vector_dims vector_norm subvector
  binary_quantize hamming_distance jaccard_distance`)

const others = words(`
  generate_series gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version`)

/** Aggregates. */
export const AGGREGATES: ReadonlySet<string> = new Set(aggregates)

export const ALLOWED_FUNCTIONS: ReadonlySet<string> = new Set(
  [
    ...[aggregates, windows, maths, strings, fuzzy, times, casts, json, arrays, ranges, fullText, addresses],
    ...[vectors, others],
  ].flat(),
)

/** Advice for refused functions that an honest query is likely to use. */
export const ALTERNATIVES: ReadonlyMap<string, string> = new Map([
  ['current_setting', 'The caller is known from the token; row security already limits what you see.'],
  ['set_config', 'The caller and the limits of a query cannot be changed from within it.'],
  ['version', '`database_diagnostics` shows the version of the server.'],
  ['array_fill', 'Use `array_agg` over `generate_series`.'],
  ['factorial', 'Multiply with a recursive query, or use `exp(sum(ln(n)))`.'],
  ['to_regclass', 'Use `list_tables` to see what exists.'],
  ['has_table_privilege', 'Use `list_tables`: it shows only what you may read.'],
  ['obj_description', 'Use `describe_tables`.'],
  ['col_description', 'Use `describe_tables`.'],
  ['format_type', 'Use `describe_tables`.'],
  ['pg_typeof', 'See the `types` of the result.'],
  ['pg_sleep', 'A query may not wait.'],
  ['nextval', 'It changes a sequence; use `row_number() over ()` to number rows.'],
  ['timeofday', 'Use `now()`.'],
  ['setseed', 'It changes the session; sort by `md5(id::text)` for a repeatable sample.'],
  ['ts_rewrite', 'It can run text as SQL.'],
  ['ts_stat', 'It runs text as SQL; use `unnest(tsvector)`.'],
  ['query_to_xml', 'It runs text as SQL; write the query itself.'],
  ['bpchar', 'Use a cast: `x::char(10)`.'],
  ['uuid', 'Use a cast: `x::uuid`.'],
  ['inet', 'Use a cast: `x::inet`.'],
  ['jsonb', 'Use a cast: `x::jsonb`.'],
])

/** Set-returning functions without a named result column: their alias is the column's name. */
export const ALIAS_NAMES_COLUMN: ReadonlySet<string> = new Set(
  words(`generate_series generate_subscripts unnest regexp_split_to_table string_to_table json_object_keys
    jsonb_object_keys regexp_matches jsonb_path_query`),
)
