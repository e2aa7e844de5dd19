/**
 * What Postgres does by looking at each part of one value for each part of another, without hearing that it should stop:
 * neither the statement timeout nor a signal ends it. So one of the two has to be small, or both stored in tables.
 */

import {
  asNode,
  fieldsOf,
  list,
  type Message,
  nameParts,
  type TreeNode,
  text,
} from '../parser/syntax-tree.ts'
import { literalNumber, literalText } from './literals.ts'

/** Characters that `translate` or `trim` may look for; an alphabet has 26. */
const MAX_CHARACTERS = 256
/** Characters of one side of a similarity, where `left` says how many there are. */
const MAX_WORDS = 1_000
/** Elements of one side, or the characters that write them: a thousand by a million takes Postgres three seconds. */
const MAX_PARTS = 1_000

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/))

const CONTAINMENT = words('&& @> <@ ?| ?&')
const CONTAINMENT_CALLS = words('jsonb_contains jsonb_delete jsonb_exists_all jsonb_exists_any')
const WORD_SIMILARITY = words('word_similarity strict_word_similarity <% %> <<% %>> <<-> <->> <<<-> <->>>')

/** What makes arrays and documents that no table has, by name. */
const ARRAY_MAKERS = words(`array_agg array_append array_cat array_prepend array_replace string_to_array
  regexp_split_to_array regexp_match regexp_matches tsvector_to_array show_trgm parse_ident`)
/** What makes long texts, which a cast then reads as an array or a document. */
const TEXT_MAKERS = words(`string_agg repeat lpad rpad replace regexp_replace concat concat_ws format overlay
  array_to_string translate ||`)
const JSON_MAKER = /^(jsonb?(_|$)|to_jsonb?$|row_to_json$|array_to_json$|Json)/

/** Whose values have no parts to speak of; `<@` and `-` are for dates, numbers and ranges too. */
const PLAIN_TYPES =
  words(`bool int2 int4 int8 float4 float8 numeric money date time timetz timestamp timestamptz interval
  uuid inet cidr point int4range int8range numrange tsrange tstzrange daterange`)
const PLAIN_CALLS =
  words(`int4range int8range numrange tsrange tstzrange daterange range_merge sum avg count abs round
  floor ceil ceiling trunc extract date_part date_trunc date_bin age now to_timestamp to_date make_date length
  char_length cardinality array_length row_number rank dense_rank stddev variance percentile_cont`)
/** These give one of the values that they are given. */
const PICKING = words('max min any_value lag lead first_value last_value nth_value')
const ARITHMETIC = words('+ * / % ^')
const NAVIGATION = words('-> ->> #> #>>')

interface Pair {
  readonly operator: string
  readonly sides: readonly unknown[]
}

/** Remembers what a query pairs, what it makes and where its columns come from, and judges once all of that is known. */
export class Pairs {
  readonly #pairs: Pair[] = []
  readonly #tables = new Set<string>()
  readonly #others = new Set<string>()
  #makesArrays = false
  #makesTexts = false
  #makesJson = false

  /** A name in FROM; only the columns of tables are stored. */
  addSource(source: Message, relation: string, isTable: boolean): void {
    const name = text(fieldsOf(source.alias).aliasname) || relation
    if (isTable) this.#tables.add(name)
    else this.#others.add(name)
  }

  /** Why this node may not stand whatever else the query holds, or undefined. */
  add(kind: string, message: Message): string | undefined {
    this.#noteMaker(kind, message)
    const pair = pairOf(kind, message)
    if (pair === undefined) return undefined
    this.#pairs.push(pair)
    return kind === 'FuncCall' ? charactersProblem(pair) : undefined
  }

  /** Why one of the pairs may not stand, or undefined. */
  problem(): { readonly subject: string; readonly reason: string } | undefined {
    const makes = this.#makesArrays || this.#makesTexts || this.#makesJson
    for (const { operator, sides } of this.#pairs) {
      if (WORD_SIMILARITY.has(operator) && !this.#isOfFewWords(sides))
        return { subject: operator, reason: similarityReason(operator) }
      const isRisk =
        operator === '-' ? this.#makesArrays && this.#makesJson : makes && isContainment(operator)
      if (!isRisk || sides.some((side) => this.#isSmall(side) || this.#isStored(side))) continue
      return { subject: operator, reason: pairReason(operator) }
    }
    return undefined
  }

  #noteMaker(kind: string, message: Message): void {
    const name = nameParts(message.funcname ?? message.name).at(-1) ?? ''
    const type = kind === 'TypeCast' && isBound(message.arg) ? {} : fieldsOf(message.typeName)
    const isArrayQuery = kind === 'SubLink' && message.subLinkType === 'ARRAY_SUBLINK'
    const isArray = kind === 'A_ArrayExpr' && !list(message.elements).every(isBound)
    if (isArrayQuery || isArray || ARRAY_MAKERS.has(name) || type.arrayBounds !== undefined)
      this.#makesArrays = true
    if (TEXT_MAKERS.has(name)) this.#makesTexts = true
    if (
      [kind, kind === 'FuncCall' ? name : '', ...nameParts(type.names)].some((made) => JSON_MAKER.test(made))
    )
      this.#makesJson = true
    if (name === '||' && !isOfText(message)) {
      this.#makesArrays = true
      this.#makesJson = true
    }
  }

  /** A parameter may be long, so that beside it only what a table has will do. */
  #isOfFewWords(sides: readonly unknown[]): boolean {
    if (sides.some((side) => (literalText(side)?.length ?? cut(side)) <= MAX_WORDS)) return true
    return sides.some(isBound) && sides.some((side) => this.#isStored(side))
  }

  /** Written in the query with few parts, or of a type without any. A parameter may have many, unless it is cut. */
  #isSmall(value: unknown): boolean {
    const node = asNode(value)
    switch (node?.kind) {
      case 'A_Const':
        return (literalText(value)?.length ?? 0) <= MAX_PARTS
      case 'SQLValueFunction':
        return true
      case 'A_Indirection':
        return isSlice(node.message)
      case 'TypeCast':
        return isPlainCast(node) || this.#isSmall(node.message.arg)
      case 'A_ArrayExpr':
        return this.#isShortArray(list(node.message.elements))
      case 'FuncCall':
        return PLAIN_CALLS.has(nameParts(node.message.funcname).at(-1) ?? '')
      case 'A_Expr':
        return node.message.kind === 'AEXPR_OP' && ARITHMETIC.has(nameParts(node.message.name).at(-1) ?? '')
      default:
        return false
    }
  }

  #isShortArray(elements: readonly unknown[]): boolean {
    if (elements.length > MAX_PARTS) return false
    return elements.every(
      (element) => asNode(element)?.kind === 'ParamRef' || this.#isSmall(element) || this.#isStored(element),
    )
  }

  /** A column of a table, or a part of one. */
  #isStored(value: unknown): boolean {
    const node = asNode(value)
    switch (node?.kind) {
      case 'ColumnRef':
        return this.#isOfTable(nameParts(node.message.fields))
      case 'TypeCast':
      case 'A_Indirection':
        return this.#isStored(node.message.arg)
      case 'A_Expr':
        return NAVIGATION.has(nameParts(node.message.name).at(-1) ?? '') && this.#isStored(node.message.lexpr)
      case 'FuncCall':
        return (
          PICKING.has(nameParts(node.message.funcname).at(-1) ?? '') &&
          this.#isStored(list(node.message.args)[0])
        )
      case 'CoalesceExpr':
        return list(node.message.args).every((part) => this.#isStored(part) || this.#isSmall(part))
      default:
        return false
    }
  }

  /** Names are compared without regard to scope, so a name that a subquery has too vouches for nothing. */
  #isOfTable(parts: readonly string[]): boolean {
    const source = parts.at(-2)
    if (source === undefined) return this.#others.size === 0
    return this.#tables.has(source) && !this.#others.has(source)
  }
}

function pairOf(kind: string, message: Message): Pair | undefined {
  switch (kind) {
    case 'A_Expr':
      return { operator: nameParts(message.name).at(-1) ?? '', sides: [message.lexpr, message.rexpr] }
    case 'SubLink':
      return { operator: nameParts(message.operName).at(-1) ?? '', sides: [message.testexpr, undefined] }
    case 'FuncCall':
      return { operator: nameParts(message.funcname).at(-1) ?? '', sides: list(message.args).map(argument) }
    default:
      return undefined
  }
}

/** An argument written by name, as in `f(count => 3)`, is what follows the arrow. */
export function argument(value: unknown): unknown {
  const node = asNode(value)
  return node?.kind === 'NamedArgExpr' ? node.message.arg : value
}

function isContainment(operator: string): boolean {
  return CONTAINMENT.has(operator) || CONTAINMENT_CALLS.has(operator)
}

function isPlainCast({ message }: TreeNode): boolean {
  const type = fieldsOf(message.typeName)
  return type.arrayBounds === undefined && PLAIN_TYPES.has(nameParts(type.names).at(-1) ?? '')
}

/** A literal that is no array and no JSON says that `||` joins texts, as in `first_name || ' ' || last_name`. */
function isOfText({ lexpr, rexpr }: Message): boolean {
  return [lexpr, rexpr].some((side) => {
    const node = asNode(side)
    const literal = literalText(side)
    if (literal !== undefined) return !/^\s*([[{"]|-?\d|true|false|null)/.test(literal)
    return node?.kind === 'A_Expr' && nameParts(node.message.name).at(-1) === '||' && isOfText(node.message)
  })
}

function charactersProblem({ operator, sides }: Pair): string | undefined {
  if (!/^(translate|[blr]trim)$/.test(operator)) return undefined
  if (sides.slice(1).every((side) => (literalText(side)?.length ?? cut(side)) <= MAX_CHARACTERS))
    return undefined
  return `\`${operator}\` needs the characters to look for as a literal of at most ${MAX_CHARACTERS}, or as \`left(x, ${MAX_CHARACTERS})\`.`
}

function similarityReason(operator: string): string {
  return (
    `\`${operator}\` compares each word with each; let one side be a literal of at most ${MAX_WORDS} characters or ` +
    `\`left(x, ${MAX_WORDS})\`, or compare a parameter with the column of a table.`
  )
}

function isBound(value: unknown): boolean {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') return isBound(node.message.arg)
  return node?.kind === 'A_Const' || node?.kind === 'ParamRef'
}

/** `($1::text[])[1:100]`: what is cut is itself not made by the query, which could make it of several dimensions. */
function isSlice({ arg, indirection }: Message): boolean {
  const { lidx, uidx } = fieldsOf(asNode(list(indirection).at(-1))?.message)
  const parts = (literalNumber(uidx) ?? Infinity) - (literalNumber(lidx) ?? 0)
  return (
    isBound(arg) && list(indirection).length === 1 && lidx !== undefined && parts < MAX_PARTS && parts >= 0
  )
}

/** The length that `left(x, n)` leaves; a negative n counts from the end. */
function cut(value: unknown): number {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') return cut(node.message.arg)
  if (node?.kind !== 'FuncCall' || nameParts(node.message.funcname).at(-1) !== 'left') return Infinity
  const length = literalNumber(list(node.message.args)[1]) ?? -1
  return length < 0 ? Infinity : length
}

function pairReason(operator: string): string {
  if (operator === '-') {
    return (
      '`-` could take an array of keys that the query makes from a document that it makes; ' +
      'cast a number (`a::numeric - b`), or write the keys as `array[…]`.'
    )
  }
  return (
    `\`${operator}\` over two values that the query makes compares each part with each; let one side be a short literal, ` +
    '`array[…]`, a slice (`($1::text[])[1:100]`) or the column of a table (`t.tags`), or join over `unnest` or `jsonb_array_elements`.'
  )
}
