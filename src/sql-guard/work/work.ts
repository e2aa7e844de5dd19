/**
 * Bounds the work of a statement between two interrupt checks. Neither the statement timeout nor a cancel
 * request ends a function over large values, or the planner while it inlines subqueries. Sizes come from the
 * query's own literals and parameters; values from tables are assumed to have a usual size. Names, kinds and
 * depth are checked before, by the guard's walk.
 */

import {
  asNode,
  fieldsOf,
  isMessage,
  list,
  type Message,
  messageOf,
  nameParts,
  type TreeNode,
  text,
} from '../parser/syntax-tree.ts'
import { AGGREGATES } from '../rules/allowed-functions.ts'
import { argument, literalNumber, upperBound } from '../rules/literals.ts'
import { seriesCount } from '../rules/size-limits.ts'
import { sizeOfResult, stepsOf, timesOf } from './costs.ts'
import { joinedTime, tooLarge, tooManyParts, tooManySteps } from './reasons.ts'
import {
  afterSteps,
  type Column,
  countOf,
  grownBy,
  joined,
  limited,
  NameScope,
  ONE_ROW,
  RECURSION_STEPS,
  type Relation,
  type RowCount,
  renamed,
  storedCountOf,
  TABLE,
  unionOf,
  WATCHED_STEPS,
} from './relation.ts'
import {
  columnNames,
  copiesOf,
  exponentDigits,
  hasTimes,
  isConstant,
  isStar,
  nameOf,
  operatorOf,
  sizeOfConstant,
  sizeOfText,
  splitRows,
  starOf,
  TIME_TYPES,
} from './shape.ts'
import {
  bytesOf,
  computed,
  cutTo,
  either,
  MAX_DIGITS,
  NOTHING,
  SMALL,
  STORED,
  sum,
  type Value,
  written,
} from './value.ts'

/** Steps; one takes about a nanosecond. */
const MAX_STEPS = 200_000_000
/** Bytes of one value that the query produces. */
const MAX_MADE_BYTES = 10_000_000
/** Expressions after inlining: a million of them keep the planner busy for half a minute. */
const MAX_PARTS = 20_000
/** Evaluations by this code, so that a refusal takes milliseconds whatever the query. */
const MAX_EVALUATIONS = 50_000
/** Steps of `power(x, y)` with an unknown exponent: computing all digits takes Postgres half a second. */
const POWER_STEPS = 20_000_000

export interface Problem {
  readonly subject: string
  readonly reason: string
}

/** Clauses that keep Postgres from inlining a subquery. */
const KEPT_APART = [
  'groupClause',
  'havingClause',
  'distinctClause',
  'sortClause',
  'limitCount',
  'limitOffset',
] as const

const words = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/))

/** Aggregates that collect many rows into one value. */
const COLLECTING =
  words(`array_agg string_agg json_agg json_agg_strict jsonb_agg jsonb_agg_strict json_object_agg
  json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_object_agg jsonb_object_agg_strict
  jsonb_object_agg_unique jsonb_object_agg_unique_strict range_agg`)
/** Functions that split one value into rows. */
const SPLITTING = words(`unnest regexp_matches regexp_split_to_table string_to_table json_array_elements
  json_array_elements_text jsonb_array_elements jsonb_array_elements_text json_each json_each_text jsonb_each
  jsonb_each_text json_object_keys jsonb_object_keys json_to_recordset jsonb_to_recordset jsonb_path_query
  jsonb_path_query_tz generate_subscripts`)
const PADDING = words('repeat lpad rpad')
const CUTTING = words('left right')
const POWERS = words('^ pow power exp')
/** Types of a fixed size. */
const FIXED_TYPES =
  words(`bool int2 int4 int8 float4 float8 money date time timetz timestamp timestamptz interval uuid
  inet cidr macaddr macaddr8 point int4range int8range tsrange tstzrange daterange`)
/** Types that expand a number's exponent to digits; `json` keeps the text. */
const NUMBER_TYPES = words('numeric jsonb nummultirange numrange')
/** Functions that return a part of a text. */
const SLICING = words('left right substr substring split_part regexp_substr overlay')
/** Types that a length in parentheses pads. */
const PADDED_TYPES = words('bpchar bit')

/**
 * Returns why the statement may not run, or undefined. `parameters` are the values bound to `$1` and on;
 * without them each may have any length.
 */
export function workProblem(
  statement: Message,
  parameters: readonly unknown[] | undefined,
  longestParameter: number,
): Problem | undefined {
  const work = new Work(parameters, longestParameter)
  try {
    work.select(statement, undefined)
  } catch (error) {
    if (error instanceof TooMuch) return error
    throw error
  }
  return undefined
}

/** Ends the evaluation from any depth; it never leaves this file. */
class TooMuch extends Error implements Problem {
  readonly subject: string
  readonly reason: string

  constructor(subject: string, reason: string) {
    super(reason)
    this.subject = subject
    this.reason = reason
  }
}

class Work {
  readonly #parameters: readonly unknown[] | undefined
  readonly #longestParameter: number
  #steps = 0
  #parts = 0
  #evaluations = 0
  /** Aggregates, window functions and set-returning functions in the current SELECT. */
  #barriers = 0
  #aggregates = 0
  /** The most expensive call, for the error message. */
  #dearest = { name: '', steps: 0, sizes: [] as readonly number[] }

  constructor(parameters: readonly unknown[] | undefined, longestParameter: number) {
    this.#parameters = parameters
    this.#longestParameter = longestParameter
  }

  select(select: Message, outer: NameScope | undefined): Relation {
    const names = new NameScope(outer)
    this.#with(select, names)
    if (isMessage(select.larg) && isMessage(select.rarg)) {
      const both = unionOf(this.select(select.larg, names), this.select(select.rarg, names))
      this.#charge(list(select.sortClause), names)
      return limited(select, { ...both, columns: both.columns.map(asComputed) })
    }
    if (select.valuesLists !== undefined) return this.#values(list(select.valuesLists), names)
    for (const source of list(select.fromClause)) this.#source(source, names)
    const clauses = [select.whereClause, select.havingClause, select.limitCount, select.limitOffset]
    this.#charge(
      [...clauses, select.groupClause, select.sortClause, select.windowClause, select.distinctClause].flat(),
      names,
    )
    const [barriers, aggregates] = [this.#barriers, this.#aggregates]
    const targets = list(select.targetList)
    const columns = targets.flatMap((target) => this.#target(target, names))
    for (const { value } of columns) this.#count(value)
    const isFlat = this.#barriers === barriers && !KEPT_APART.some((clause) => select[clause] !== undefined)
    const isOneRow = this.#aggregates > aggregates && select.groupClause === undefined
    this.#barriers = barriers
    this.#aggregates = aggregates
    return limited(select, {
      columns: isFlat ? columns : columns.map(asComputed),
      open: targets.some((target) => isStar(target) && names.star(starOf(target)).open),
      rows: isOneRow ? ONE_ROW : names.rows,
    })
  }

  #with(select: Message, names: NameScope): void {
    const clause = fieldsOf(select.withClause)
    for (const member of list(clause.ctes)) {
      const cte = messageOf(member, 'CommonTableExpr') ?? {}
      const query = messageOf(cte.ctequery, 'SelectStmt') ?? {}
      const name = text(cte.ctename)
      const columns = nameParts(cte.aliascolnames)
      const relation =
        clause.recursive === true && isMessage(query.larg) && isMessage(query.rarg)
          ? this.#recursive(query, name, columns, names)
          : renamed(this.select(query, names), columns)
      const isKept = cte.ctematerialized === 'CTEMaterializeAlways'
      names.addWith(name, isKept ? { ...relation, columns: relation.columns.map(asComputed) } : relation)
    }
  }

  /** Growth by addition is extrapolated over all steps; a value that doubles has no bound. */
  #recursive(query: Message, name: string, columns: readonly string[], names: NameScope): Relation {
    const inside = new NameScope(names)
    if (!isMessage(query.larg) || !isMessage(query.rarg)) return TABLE
    const start = renamed(this.select(query.larg, inside), columns)
    const again = query.rarg
    const step = (from: Relation): Relation => {
      const within = new NameScope(inside)
      within.addWith(name, { ...from, columns: from.columns.map(asComputed) })
      return this.select(again, within)
    }
    const sizes = [start.columns]
    for (let at = 0; at < WATCHED_STEPS; at += 1) {
      const before = sizes.at(-1) ?? []
      sizes.push(grownBy(before, step({ ...start, columns: before }).columns))
    }
    const grown = start.columns.map(({ name: column }, at) => ({
      name: column,
      value: afterSteps(sizes.flatMap((columns) => columns[at]?.value ?? [])),
    }))
    for (const { value } of grown) this.#checkSize(name, value)
    const rows = { made: start.rows.made * RECURSION_STEPS, stored: start.rows.stored }
    return { columns: grown, open: start.open, rows }
  }

  #values(rows: readonly unknown[], names: NameScope): Relation {
    const made = rows.map((row) =>
      list(messageOf(row, 'List')?.items).map((item) => this.#evaluate(item, names)),
    )
    for (const value of made.flat()) this.#count(value)
    const width = Math.max(0, ...made.map((row) => row.length))
    const columns = Array.from({ length: width }, (_, at) => ({
      name: `column${at + 1}`,
      value: computed(either(made.flatMap((row) => row[at] ?? []))),
    }))
    return { columns, open: false, rows: { made: rows.length, stored: false } }
  }

  #source(source: unknown, names: NameScope): void {
    const node = asNode(source)
    if (node?.kind === 'JoinExpr') this.#join(node.message, names)
    if (node?.kind === 'RangeTableSample') this.#source(node.message.relation, names)
    const alias = fieldsOf(node?.message.alias)
    const meant = node === undefined ? undefined : this.#meant(node, names)
    if (meant === undefined) return
    names.addSource(text(alias.aliasname) || meant.name, renamed(meant.relation, nameParts(alias.colnames)))
  }

  #meant({ kind, message }: TreeNode, names: NameScope): { name: string; relation: Relation } | undefined {
    switch (kind) {
      case 'RangeVar': {
        const name = text(message.relname)
        const known = message.schemaname === undefined ? names.with(name) : undefined
        return { name, relation: known ?? TABLE }
      }
      case 'RangeSubselect': {
        const query = messageOf(message.subquery, 'SelectStmt') ?? {}
        return { name: '', relation: this.select(query, message.lateral === true ? names : names.besides()) }
      }
      case 'RangeFunction': {
        const [call] = list(messageOf(list(message.functions)[0], 'List')?.items)
        return { name: nameOf(call), relation: this.#functionSource(message, names) }
      }
      case 'JsonTable':
        return { name: '', relation: this.#jsonTable(message, names) }
      default:
        return undefined
    }
  }

  #join(join: Message, names: NameScope): void {
    this.#source(join.larg, names)
    this.#source(join.rarg, names)
    this.#charge([join.quals], names)
    for (const alias of [fieldsOf(join.alias), fieldsOf(join.join_using_alias)]) {
      if (alias.aliasname === undefined) continue
      const all = { ...names.star(undefined), rows: ONE_ROW }
      names.addSource(text(alias.aliasname), renamed(all, nameParts(alias.colnames)))
    }
  }

  #functionSource(source: Message, names: NameScope): Relation {
    const columns: Column[] = []
    let rows: RowCount = ONE_ROW
    for (const member of list(source.functions)) {
      const [call] = list(messageOf(member, 'List')?.items)
      const made = new NameScope(names)
      const value = this.#evaluate(call, made)
      this.#count(value)
      rows = joined(rows, made.rows)
      columns.push({ name: nameOf(call), value: computed(value) })
    }
    const declared = nameParts(fieldsOf(source.alias).colnames)
    const [first] = columns
    const definitions = list(source.coldeflist).map((each) => text(messageOf(each, 'ColumnDef')?.colname))
    if (first === undefined) return { columns, open: false, rows }
    if (hasTimes(list(source.coldeflist))) this.#checkTimeText('timestamptz', [first.value])
    // A function may have several columns, each at most as large as its arguments.
    const more = [
      ...declared,
      ...definitions,
      'key',
      'value',
      'lexeme',
      'positions',
      'weights',
      text(fieldsOf(source.alias).aliasname),
    ]
    return { columns: [...more.map((name) => ({ name, value: first.value })), ...columns], open: false, rows }
  }

  #jsonTable(table: Message, names: NameScope): Relation {
    const context = this.#expressions([table.context_item, table.passing], names)
    this.#count(this.#called('jsonb_path_query', [context]))
    if (hasTimes([table.columns])) this.#checkTimeText('timestamptz', [context])
    const value = computed(context)
    const columns = [...columnNames(list(table.columns))].map((name) => ({ name, value }))
    return { columns, open: false, rows: { made: splitRows(context), stored: context.stored > 0 } }
  }

  #target(target: unknown, names: NameScope): readonly Column[] {
    const message = messageOf(target, 'ResTarget') ?? {}
    if (isStar(target)) return names.star(starOf(target)).columns
    const value = this.#evaluate(message.val, names)
    return [{ name: text(message.name) || nameOf(message.val), value }]
  }

  #charge(expressions: readonly unknown[], names: NameScope): void {
    for (const expression of expressions)
      if (expression !== undefined) this.#count(this.#evaluate(expression, names))
  }

  /** An expression is evaluated once per row, and Postgres checks for interrupts between rows. */
  #count({ steps, parts }: Value): void {
    this.#steps += steps
    this.#parts += parts
    if (this.#parts > MAX_PARTS) throw new TooMuch('size', tooManyParts())
    if (this.#steps > MAX_STEPS) throw new TooMuch(this.#dearest.name, tooManySteps(this.#dearest))
  }

  #checkSize(name: string, value: Value): Value {
    if (value.made > MAX_MADE_BYTES) throw new TooMuch(name, tooLarge(name, value.made))
    if (value.parts > MAX_PARTS) throw new TooMuch('size', tooManyParts())
    return value
  }

  /** For any kind of node, evaluates its children. */
  #evaluate(expression: unknown, names: NameScope): Value {
    this.#evaluations += 1
    if (this.#evaluations > MAX_EVALUATIONS) throw new TooMuch('size', tooManyParts())
    if (Array.isArray(expression)) return this.#expressions(expression, names)
    const node = asNode(expression)
    if (node === undefined) return this.#message(expression, names)
    const { kind, message } = node
    switch (kind) {
      case 'A_Const':
        return sizeOfConstant(message)
      case 'ParamRef':
        return this.#parameter(Number(message.number ?? 0))
      case 'ColumnRef':
        return this.#column(nameParts(message.fields), names)
      case 'FuncCall':
        return this.#call(message, names)
      case 'A_Expr':
        return this.#operation(message, names)
      case 'TypeCast':
        return this.#cast(message, names)
      case 'SubLink':
        return this.#subquery(message, names)
      case 'A_Indirection':
        return this.#indirection(message, names)
      case 'CaseExpr':
      case 'CoalesceExpr':
      case 'MinMaxExpr':
      case 'BoolExpr':
        return either(this.#each(message, names))
      case 'JsonArrayAgg':
      case 'JsonObjectAgg':
        return this.#collected(kind, this.#each(message, names), names)
      case 'JsonArrayQueryConstructor':
        return this.#collected(kind, [this.#rowOf(message.query, names)], names)
      case 'NullTest':
      case 'BooleanTest':
      case 'JsonIsPredicate':
        return { ...this.#message(message, names), made: SMALL.made, stored: 0, plain: true, joined: false }
      case 'SQLValueFunction':
        return SMALL
      case 'TypeName':
      case 'ColumnDef':
        return NOTHING
      default:
        if (hasTimes([message.output])) this.#checkTimeText('timestamptz', this.#each(message, names))
        return kind.startsWith('Json')
          ? this.#called('to_jsonb', this.#each(message, names))
          : this.#message(message, names)
    }
  }

  #each(message: Message, names: NameScope): readonly Value[] {
    const values: Value[] = []
    for (const key in message) {
      const field = message[key]
      if (typeof field === 'object' && field !== null) values.push(this.#evaluate(field, names))
    }
    return values
  }

  #message(message: unknown, names: NameScope): Value {
    return isMessage(message) ? sum(this.#each(message, names)) : NOTHING
  }

  #expressions(expressions: readonly unknown[], names: NameScope): Value {
    const values: Value[] = []
    for (const each of expressions) if (each !== undefined) values.push(this.#evaluate(each, names))
    return values.length === 1 ? (values[0] ?? NOTHING) : sum(values)
  }

  #parameter(number: number): Value {
    if (this.#parameters === undefined) return written(this.#longestParameter, false)
    const value = this.#parameters[number - 1] ?? ''
    return typeof value === 'string' ? sizeOfText(value) : SMALL
  }

  #column(parts: readonly string[], names: NameScope): Value {
    if (parts.at(-1) === '') {
      const { columns, open } = names.star(parts.at(-2))
      return sum([...columns.map(({ value }) => value), ...(open ? [STORED] : [])])
    }
    return names.column(parts)
  }

  #called(name: string, args: readonly Value[]): Value {
    const sizes = args.map(bytesOf)
    const steps = stepsOf(name, sizes)
    if (steps > this.#dearest.steps) this.#dearest = { name, steps, sizes }
    const whole = args.length === 1 ? (args[0] ?? NOTHING) : sum(args)
    const result = sizeOfResult(name, args, whole)
    return this.#checkSize(name, { ...result, steps: whole.steps + steps, parts: whole.parts })
  }

  #call(call: Message, names: NameScope): Value {
    const name = nameParts(call.funcname).at(-1) ?? ''
    const written = list(call.args).map(argument)
    const args = written.map((each) => this.#evaluate(each, names))
    const beside = [call.agg_order, call.agg_filter, call.over].map((each) =>
      this.#evaluate(each ?? [], names),
    )
    const others = sum(beside)
    if (AGGREGATES.has(name) && call.over === undefined) this.#aggregates += 1
    if (AGGREGATES.has(name) || SPLITTING.has(name) || name === 'generate_series' || call.over !== undefined)
      this.#barriers += 1
    if (SPLITTING.has(name)) names.rows = joined(names.rows, { made: splitRows(sum(args)), stored: false })
    if (name === 'generate_series')
      names.rows = joined(names.rows, { made: seriesCount(written), stored: false })
    const value = COLLECTING.has(name)
      ? this.#collected(name, args, names)
      : (this.#padded(name, written, args) ?? this.#power(name, written, args) ?? this.#called(name, args))
    if (TIME_TYPES.has(name)) this.#checkTimeText(name, args)
    const isJoined = value.joined || (SLICING.has(name) && !written.slice(1).every(isConstant))
    return {
      ...value,
      joined: isJoined,
      steps: value.steps + others.steps,
      parts: value.parts + others.parts,
    }
  }

  /** A text parsed as a time may name a zone, and Postgres keeps every zone of a session. */
  #checkTimeText(type: string, args: readonly Value[]): void {
    if (args.some(({ joined }) => joined)) throw new TooMuch(type, joinedTime(type))
  }

  #padded(name: string, written: readonly unknown[], args: readonly Value[]): Value | undefined {
    if (!PADDING.has(name) && !CUTTING.has(name)) return undefined
    const [value = SMALL] = args
    const bound = upperBound(written[1])
    const whole = this.#called(name, args)
    if (CUTTING.has(name)) return bound === undefined || bound < 0 ? whole : cutTo(whole, 4 * bound)
    const times = Math.max(0, bound ?? RECURSION_STEPS)
    const made = name === 'repeat' ? bytesOf(value) * times : 4 * times
    return this.#checkSize(name, {
      ...whole,
      made,
      stored: 0,
      steps: whole.steps + made,
      plain: false,
      joined: whole.joined || name === 'string_agg',
    })
  }

  #power(name: string, written: readonly unknown[], args: readonly Value[]): Value | undefined {
    if (!POWERS.has(name)) return undefined
    const exponent = name === 'exp' ? undefined : upperBound(written[1])
    const whole = this.#called(name, args)
    if (exponent !== undefined && Math.abs(exponent) <= 10) {
      return this.#checkSize(name, {
        ...whole,
        made: whole.made * Math.max(1, Math.abs(exponent)) + SMALL.made,
      })
    }
    const steps = POWER_STEPS
    if (steps > this.#dearest.steps) this.#dearest = { name, steps, sizes: args.map(bytesOf) }
    return { ...whole, made: MAX_DIGITS, steps: whole.steps + steps }
  }

  #collected(name: string, args: readonly Value[], names: NameScope): Value {
    const whole = sum(args)
    const count = countOf(names.rows)
    const stored = whole.stored * storedCountOf(names.rows)
    const overhead = whole.stored > 0 ? 0 : 8
    const repeated = names.rows.made > 1 ? stored * names.rows.made : 0
    const made =
      (whole.made * (/json/i.test(name) && !whole.plain ? timesOf('to_json') : 1) + overhead) * count +
      repeated
    return this.#checkSize(name, {
      ...whole,
      made,
      stored,
      steps: whole.steps + made,
      plain: false,
      joined: whole.joined || name === 'string_agg',
    })
  }

  #operation(operation: Message, names: NameScope): Value {
    const name = nameParts(operation.name).at(-1) ?? ''
    const left = this.#expressions([operation.lexpr], names)
    const right = this.#expressions([operation.rexpr], names)
    const power = this.#power(name, [operation.lexpr, operation.rexpr], [left, right])
    if (power !== undefined) return power
    // Postgres repeats the left side for each value that it is compared with.
    const copies = copiesOf(operation)
    const value = this.#called(operatorOf(name, text(operation.kind)), [left, right])
    return this.#checkSize(name, {
      ...value,
      steps: value.steps + left.steps * (copies - 1),
      parts: value.parts + left.parts * (copies - 1),
    })
  }

  #cast(cast: Message, names: NameScope): Value {
    const value = this.#evaluate(cast.arg, names)
    const { names: typeNames, typmods, arrayBounds } = fieldsOf(cast.typeName)
    const type = nameParts(typeNames).at(-1) ?? ''
    const isArray = arrayBounds !== undefined
    if (TIME_TYPES.has(type)) this.#checkTimeText(type, [value])
    const read = this.#called(type, [value])
    const steps = read.steps
    if (FIXED_TYPES.has(type) && !isArray) return { ...SMALL, steps, parts: value.parts }
    const length = PADDED_TYPES.has(type)
      ? Math.max(0, ...list(typmods).map((size) => literalNumber(size) ?? 0))
      : 0
    const elements = isArray ? bytesOf(value) / 2 + 1 : 1
    const digits =
      NUMBER_TYPES.has(type) && !value.plain ? exponentDigits(cast.arg, value, this.#parameters) : 0
    const made = value.made + length * elements + digits
    const plain = value.plain || NUMBER_TYPES.has(type)
    return this.#checkSize(type, { ...value, made, steps: steps + made - value.made, plain })
  }

  #subquery(link: Message, names: NameScope): Value {
    const tested = this.#expressions([link.testexpr], names)
    const query = messageOf(link.subselect, 'SelectStmt') ?? {}
    const relation = this.select(query, names)
    const [first = SMALL] = relation.columns.map(({ value }) => value)
    const element = relation.open && relation.columns.length === 0 ? STORED : computed(first)
    switch (link.subLinkType) {
      case 'EXPR_SUBLINK':
        return element
      case 'ARRAY_SUBLINK': {
        const inside = new NameScope(undefined)
        inside.rows = relation.rows
        return this.#collected('array', [element], inside)
      }
      default:
        return this.#called(nameParts(link.operName).at(-1) ?? '=', [tested, element])
    }
  }

  /** `(x).f` may be the call `f(x)`, and `(f(x)).*` is one call per column. */
  #indirection(indirection: Message, names: NameScope): Value {
    const value = this.#evaluate(indirection.arg, names)
    const parts = list(indirection.indirection)
    const field = text(messageOf(parts.at(-1), 'String')?.sval)
    const others = this.#expressions(
      parts.filter((part) => messageOf(part, 'String') === undefined),
      names,
    )
    const called = field === '' ? value : this.#called(field, [value])
    const isStarred = parts.some((part) => messageOf(part, 'A_Star') !== undefined)
    const times = isStarred ? 3 : 1
    return {
      ...called,
      steps: called.steps * times + others.steps,
      parts: called.parts * times + others.parts,
    }
  }

  #rowOf(query: unknown, names: NameScope): Value {
    const relation = this.select(messageOf(query, 'SelectStmt') ?? {}, names)
    return sum(relation.columns.map(({ value }) => computed(value)))
  }
}

function asComputed({ name, value }: Column): Column {
  return { name, value: computed(value) }
}
