/** Parses SQL text into Postgres' own syntax tree. What the text may do is the guard's decision. */

import type { ParserInstance } from 'libpg-query/wasm/libpg-query.js'
import { parser as loadParser } from '#parser'

/**
 * Characters. A long analytical query has 3,000. At this length the widest tree still parses in milliseconds;
 * a query that carries its data as literals should pass parameters.
 */
export const MAX_SQL_LENGTH = 20_000

/**
 * Characters. The scanner rescans a run of operator characters from each of its positions: 19,000 plus signs
 * take it 2.6 seconds, runs of this length together never more than some milliseconds.
 */
const MAX_OPERATOR_RUN = 200
const OPERATOR_RUN = new RegExp(`[-+*/<>=~!@#%^&|\`?]{${MAX_OPERATOR_RUN + 1}}`)

/**
 * Words, numbers, strings and signs, without brackets. A report over ten tables has 1,000. Scanner, parser
 * and walk together take some ten milliseconds for a text of this many.
 */
export const MAX_TOKENS = 4_000
const TOKEN = /'[^']*'|"[^"]*"|[\p{L}\p{N}_$]+|[^\s()\p{L}\p{N}_$]/gu
/** Also the guard's limit. Each SELECT costs the parser as much as a hundred other words. */
export const MAX_SELECTS = 100

/** Characters of Postgres' grammar message that are passed on: it may quote a token as long as the text. */
const MAX_REASON = 300

/**
 * A parsed text, or why there is no tree. `reason` is Postgres' own grammar message: it quotes the caller's
 * text only.
 */
export type Parsed =
  | { readonly ok: true; readonly tree: unknown }
  | { readonly ok: false; readonly reason: string; readonly position?: number }

const TOO_DEEP = 'The query is nested too deeply to be parsed: use WITH to name its parts.'

let instance: Promise<ParserInstance> | undefined

/** Parses one text. The parser loads on first use, once per isolate. */
export async function parse(text: string): Promise<Parsed> {
  const unusable = textProblem(text)
  if (unusable !== undefined) return { ok: false, reason: unusable }
  instance ??= load()
  const parser = await instance
  try {
    return parseWith(parser, text)
  } catch (error) {
    // The parser recurses on our stack. After a stack overflow its memory is in an unknown state, so a new
    // instance is made.
    instance = undefined
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
      return { ok: false, reason: TOO_DEEP }
    }
    throw error
  }
}

/**
 * Why the parser cannot take a text. It reads a C string: it would stop at a NUL, and the guard would check
 * only a part.
 */
function textProblem(text: string): string | undefined {
  if (text.length > MAX_SQL_LENGTH) {
    return `The query is ${text.length} characters long; at most ${MAX_SQL_LENGTH} are allowed. Pass data as parameters ($1).`
  }
  if (text.includes('\0')) return 'The query contains a NUL character, which Postgres does not accept.'
  if (!text.isWellFormed()) return 'The query contains half of a surrogate pair, so it is not valid Unicode.'
  if (OPERATOR_RUN.test(text)) {
    return `More than ${MAX_OPERATOR_RUN} operator characters in a row; remove them.`
  }
  return tokensProblem(text)
}

function tokensProblem(text: string): string | undefined {
  // Cheap check first: a token has at least one character.
  if (text.length <= MAX_TOKENS && text.length <= MAX_SELECTS * 'select'.length) return undefined
  let [tokens, selects] = [0, 0]
  for (const [token] of text.matchAll(TOKEN)) {
    tokens += 1
    if (token.length === 'select'.length && token.toLowerCase() === 'select') selects += 1
  }
  if (selects > MAX_SELECTS) return `At most ${MAX_SELECTS} SELECTs in one query.`
  if (tokens <= MAX_TOKENS) return undefined
  return (
    `The query has ${tokens} words and signs, and ${MAX_TOKENS} are allowed: pass a long list as one parameter, ` +
    'as in `x = any ($1::int[])`, and use WITH for what is nested.'
  )
}

async function load(): Promise<ParserInstance> {
  const { createParser, code } = await loadParser()
  return createParser({
    instantiateWasm(imports, loaded) {
      const wasm = new WebAssembly.Instance(code, imports)
      loaded(wasm, code)
      return wasm.exports
    },
  })
}

function parseWith(parser: ParserInstance, text: string): Parsed {
  const capacity = parser.lengthBytesUTF8(text) + 1
  const input = parser._malloc(capacity)
  parser.stringToUTF8(text, input, capacity)
  const result = parser._wasm_parse_query_raw(input)
  try {
    return readResult(parser, result)
  } finally {
    parser._wasm_free_parse_result(result)
    parser._free(input)
  }
}

/** Offsets in PgQueryParseResult and PgQueryError: 32-bit pointers and ints, in the order of pg_query.h. */
const RESULT_TREE = 0
const RESULT_ERROR = 8
const ERROR_MESSAGE = 0
const ERROR_POSITION = 16

function readResult(parser: ParserInstance, result: number): Parsed {
  const error = parser.getValue(result + RESULT_ERROR, 'i32')
  if (error === 0) {
    const json = parser.UTF8ToString(parser.getValue(result + RESULT_TREE, 'i32'))
    return { ok: true, tree: JSON.parse(json) }
  }
  const message = parser.UTF8ToString(parser.getValue(error + ERROR_MESSAGE, 'i32'))
  return {
    ok: false,
    reason: withAdvice([...message].slice(0, MAX_REASON).join('')),
    position: parser.getValue(error + ERROR_POSITION, 'i32'),
  }
}

/** `at or near "order"`: a reserved word in the place of a name. */
const RESERVED_NAME =
  /^syntax error at or near "(order|group|table|end|check|desc|asc|limit|user|default|column|references|grant|to|all|any|when|then)"$/i
const PSQL = /^syntax error at or near "(\\|describe|desc)"$/i

/** Postgres' message, with advice where the query is meant for another tool or a name is a reserved word. */
function withAdvice(message: string): string {
  if (PSQL.test(message))
    return `${message}. \`describe_tables\` describes tables, and \`list_tables\` lists them.`
  const word = RESERVED_NAME.exec(message)?.[1]
  return word === undefined
    ? message
    : `${message}. Where a name is meant, this reserved word is written in double quotes: \`"${word}"\`.`
}
