/**
 * Cost of functions and operators, by name: the steps they take for their arguments, and the length of the
 * result. A name that is in no list gets the most expensive kind, which compares each part of one argument
 * with each part of another. `test/security/sql-guard/overshoot.test.ts` runs every allowed name at the
 * largest input that is accepted.
 */

import { bytesOf, SMALL, type Value } from './value.ts'

const words = (list: string): readonly string[] => list.trim().split(/\s+/)

/** Growth of the steps with the arguments' size. */
export type Growth =
  /** One step a byte: comparing, copying, counting. */
  | 'copy'
  /** Some ten steps a byte: parsing JSON or a number. */
  | 'read'
  /** A hundred steps a byte: sorting, splitting words. */
  | 'parse'
  /** Long multiplication. */
  | 'digits'
  /** The square of the largest argument's bytes. */
  | 'square'
  /** The product of the two largest arguments' bytes. */
  | 'quadratic'
  /** The same, with expensive pairs. */
  | 'quadratic words'

const STEPS: Readonly<Record<Exclude<Growth, 'quadratic'>, string>> = {
  copy: `
    || = <> != < <= > >= ~<~ ~<=~ ~>~ ~>=~ ^@ -> @ & | # ~
    concat length char_length character_length octet_length bit_length left right substr substring overlay reverse repeat
    lpad rpad starts_with ascii chr md5 hashtext get_byte get_bit set_bit bit_count array_append array_prepend array_cat
    array_length array_lower array_upper array_ndims array_dims cardinality trim_array num_nulls num_nonnulls
    text varchar bool int2 int4 int8 float4 float8 uuid inet jsonb_array_length jsonb_typeof
    abs ceil ceiling floor round trunc sign min_scale scale trim_scale
    count min max sum avg any_value bool_and bool_or every bit_and bit_or bit_xor mode percentile_disc percentile_cont
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
    array_agg string_agg lower_inc lower_inf upper_inc upper_inf isempty
    now clock_timestamp statement_timestamp transaction_timestamp date_part date_trunc date_bin extract age make_date
    make_time make_interval make_timestamp make_timestamptz isfinite justify_days justify_hours justify_interval
    random gen_random_uuid pi row_number generate_series generate_subscripts cosine_distance inner_product l1_distance
    l2_distance l2_norm vector_dims vector_norm <-> <#> <=> <+> <~>`,
  read: `
    + ->> #> #>> ? upper lower initcap casefold encode decode convert convert_from convert_to quote_ident quote_literal
    quote_nullable sha224 sha256 sha384 sha512 crc32 crc32c concat_ws format to_hex to_bin to_oct unistr unnest
    array_to_string array_sample array_shuffle array_reverse string_to_array string_to_table
    to_json to_jsonb row_to_json array_to_json json_build_array json_build_object jsonb_build_array jsonb_build_object
    json_agg jsonb_agg json_agg_strict jsonb_agg_strict json_object_agg jsonb_object_agg
    json_array_element json_array_elements json_array_elements_text json_array_length json_each json_each_text
    json_extract_path json_extract_path_text json_object_keys json_typeof json_strip_nulls json_to_record
    json_to_recordset jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_exists
    jsonb_extract_path jsonb_extract_path_text jsonb_object_keys jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
    jsonb_pretty jsonb_set jsonb_set_lax jsonb_insert jsonb_concat jsonb_delete_path #- @? @@@
    jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array
    jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz
    strip setweight numnode querytree
    date time timetz timestamp timestamptz interval numeric json jsonb`,
  parse: `
    normalize is_normalized regexp_count regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
    regexp_split_to_table regexp_instr regexp_substr ~* !~ !~* to_tsvector json_to_tsvector jsonb_to_tsvector
    to_date to_timestamp to_number to_char array_to_tsvector tsvector_to_array to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery
    show_trgm unaccent array_sort soundex metaphone dmetaphone dmetaphone_alt daitch_mokotoff`,
  digits: `
    * / % ^ |/ ||/ div mod sqrt cbrt exp ln log log10 pow power gcd lcm width_bucket factorial
    stddev stddev_pop stddev_samp variance var_pop var_samp sin cos tan asin acos atan atan2 degrees radians`,
  square: 'ts_rank_cd',
  'quadratic words':
    'similarity word_similarity strict_word_similarity <% %> <<% %>> <<-> <->> <<<-> <->>> levenshtein levenshtein_less_equal',
}

const GROWTH: ReadonlyMap<string, Growth> = new Map(
  Object.entries(STEPS).flatMap(([growth, names]) =>
    // The cast restores the type of the keys, which `Object.entries` drops.
    words(names).map((name): [string, Growth] => [name, growth as Growth]),
  ),
)

export function growthOf(name: string): Growth {
  return GROWTH.get(name) ?? 'quadratic'
}

/** Steps a byte; `quadratic` kinds take these in addition to the product. */
const STEPS_A_BYTE: Readonly<Record<Growth, number>> = {
  copy: 1,
  read: 10,
  parse: 100,
  digits: 10,
  square: 100,
  quadratic: 30,
  'quadratic words': 100,
}
/** Steps for a pair of bytes. Postgres multiplies numbers in groups of four digits. */
const STEPS_A_PAIR: Readonly<Record<Growth, number>> = {
  copy: 0,
  read: 0,
  parse: 0,
  digits: 1 / 16,
  square: 1,
  quadratic: 1,
  'quadratic words': 300,
}

/** Steps of one call. `sizes` are the arguments' bytes. */
export function stepsOf(name: string, sizes: readonly number[]): number {
  const growth = growthOf(name)
  let [first, second, total] = [0, 0, 0]
  for (const size of sizes) {
    total += size
    if (size > first) {
      second = first
      first = size
    } else if (size > second) second = size
  }
  // A single number is multiplied with itself, as for a root.
  const pair = growth === 'square' || (growth === 'digits' && second === 0) ? first : second
  return 1 + total * STEPS_A_BYTE[growth] + first * pair * STEPS_A_PAIR[growth]
}

/** Results of a fixed size: numbers, dates, flags, digests, codes. */
const FIXED: ReadonlySet<string> = new Set(
  words(`
    = <> != < <= > >= ~<~ ~<=~ ~>~ ~>=~ ^@ ~~ !~~ ~~* !~~* ~ !~ ~* !~* ? ?| ?& @> <@ && @? @@ @@@ -|- &< &> <<= >>= ~=
    <<| |>> &<| |&> ?# ?- ?-| ?|| <^ >^ *= *<> <-> <#> <=> <+> <~> <% %> <<% %>> <<-> <->> <<<-> <->>> @-@
    length char_length character_length octet_length bit_length starts_with ascii chr md5 hashtext get_byte get_bit
    bit_count position strpos sha224 sha256 sha384 sha512 crc32 crc32c array_length array_lower array_upper array_ndims
    array_dims array_position cardinality num_nulls num_nonnulls bool int2 int4 int8 float4 float8 uuid inet date time
    timetz timestamp timestamptz interval is_normalized regexp_count regexp_like regexp_instr
    json_array_length json_typeof jsonb_array_length jsonb_typeof jsonb_exists jsonb_exists_all jsonb_exists_any
    jsonb_contains jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz
    similarity word_similarity strict_word_similarity levenshtein levenshtein_less_equal soundex difference metaphone
    dmetaphone dmetaphone_alt daitch_mokotoff
    count corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy
    regr_syy bool_and bool_or every row_number rank dense_rank percent_rank cume_dist ntile
    age clock_timestamp date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days justify_hours
    justify_interval make_date make_interval make_time make_timestamp make_timestamptz now overlaps
    statement_timestamp timezone to_date to_timestamp transaction_timestamp
    isempty lower_inc lower_inf upper_inc upper_inf range_adjacent range_contains range_contained_by range_overlaps
    numnode ts_rank ts_rank_cd abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network
    set_masklen cosine_distance inner_product l1_distance l2_distance l2_norm vector_dims vector_norm hamming_distance
    jaccard_distance gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version generate_series
    generate_subscripts random random_normal pi erf erfc gamma lgamma acos acosd acosh asin asind asinh atan atan2 atan2d
    atand atanh cos cosd cosh cot cotd degrees radians sin sind sinh tan tand tanh width_bucket sign scale min_scale
    to_hex to_bin to_oct`),
)

/** The most bytes that `normalize` can make of one byte. */
const MOST_TIMES = 18

/** Results that can be longer than all arguments together, and by what factor. Padding is in `work.ts`. */
const LONGER: readonly (readonly [times: number, names: string])[] = [
  [
    2,
    'quote_ident quote_literal quote_nullable upper lower initcap casefold overlay concat_ws unistr to_tsquery',
  ],
  [
    4,
    'encode convert convert_from convert_to unaccent array_to_string string_to_array regexp_split_to_array',
  ],
  [
    6,
    `to_json to_jsonb row_to_json array_to_json json_build_array json_build_object jsonb_build_array jsonb_build_object
    json_object jsonb_object show_trgm to_tsvector json_to_tsvector jsonb_to_tsvector to_char ts_headline format`,
  ],
  [MOST_TIMES, 'normalize'],
]
const TIMES: ReadonlyMap<string, number> = new Map(
  LONGER.flatMap(([times, names]) => words(names).map((name): [string, number] => [name, times])),
)
/** The argument that can replace each byte of the first argument. */
const FACTORS: ReadonlyMap<string, number> = new Map([
  ['replace', 2],
  ['regexp_replace', 2],
  ['array_replace', 2],
  ['array_to_string', 1],
  ['concat_ws', 0],
  ['ts_headline', 3],
])
/** Bytes of a replacement that only changes the spelling. */
const SHORT_FACTOR = 4
/** Nesting levels of a document. Postgres' own stack allows no more. */
const MAX_LEVELS = 6_000

export function timesOf(name: string): number {
  return TIMES.get(name) ?? 1
}

/** The size of a call's result. Steps and parts are set by the caller of this function. */
export function sizeOfResult(name: string, args: readonly Value[], whole: Value): Value {
  const joined = whole.joined || JOINING.has(name) || CODES.has(name)
  if (FIXED.has(name)) return { ...SMALL, joined: CODES.has(name) }
  const plain = whole.plain && !JOINING.has(name)
  const size = bytesOf(whole)
  if (name === 'jsonb_pretty') {
    const levels = whole.made === 0 ? SHORT_FACTOR : Math.min(size, MAX_LEVELS)
    return {
      ...whole,
      made: whole.made * levels + SMALL.made,
      stored: whole.stored * SHORT_FACTOR,
      plain,
      joined,
    }
  }
  const factor = args[FACTORS.get(name) ?? Number.NaN]
  const times = Math.max(factor === undefined ? 1 : bytesOf(factor), whole.plain ? 1 : timesOf(name))
  // A value that grew by more than this factor counts as made by the query, not as stored.
  if (times > MOST_TIMES) return { ...whole, made: size * times, stored: 0, plain, joined }
  const digits = growthOf(name) === 'digits' ? SMALL.made : 0
  return { ...whole, made: whole.made * times + digits, stored: whole.stored, plain, joined }
}

/** Functions that join texts, so that `1` and `e131071` can become a number. */
const JOINING: ReadonlySet<string> = new Set(
  words(
    '|| concat concat_ws format replace regexp_replace overlay array_to_string translate lpad rpad repeat',
  ),
)
/** Functions whose result has an alphabet of its own. */
const CODES: ReadonlySet<string> = new Set(
  words(`chr md5 encode to_hex to_bin to_oct to_char gen_random_uuid uuidv4 uuidv7 reverse string_agg convert_from
    unistr soundex metaphone daitch_mokotoff`),
)
