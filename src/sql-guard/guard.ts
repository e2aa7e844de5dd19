/**
 * Decides whether a parsed statement may run: one SELECT that reads only tables the caller may name, and
 * calls only functions that compute. It checks the tree and touches no database. Behind it are the restricted
 * login, row security, the read-only transaction and the limits.
 */

import { MAX_SELECTS } from './parser/parse.ts'
import {
  asNode,
  fieldsOf,
  isMessage,
  list,
  type Message,
  messageOf,
  nameParts,
  nestsDeeper,
  text,
} from './parser/syntax-tree.ts'
import { ALLOWED_FUNCTIONS, ALTERNATIVES } from './rules/allowed-functions.ts'
import { type Field, NODES } from './rules/allowed-nodes.ts'
import { ALLOWED_OPERATORS } from './rules/allowed-operators.ts'
import { ALLOWED_TYPES, MAX_TYPE_LENGTH } from './rules/allowed-types.ts'
import { ColumnNames, selectionProblem } from './rules/column-calls.ts'
import { literalNumber } from './rules/literals.ts'
import { recursionProblem } from './rules/recursion.ts'
import { type Access, resolve, type Scope } from './rules/relations.ts'
import { SizeLimits } from './rules/size-limits.ts'
import { windowProblem } from './rules/time-window.ts'
import { ZonedTexts, zoneProblem } from './rules/time-zones.ts'
import { NEWER_FUNCTIONS, NEWER_NODES, type Newer, OLDEST_SERVER } from './rules/versions.ts'
import { workProblem } from './work/work.ts'

export type Verdict = Accepted | Refused

export interface Accepted {
  readonly ok: true
  /** The tables it reads, as `schema.table`. */
  readonly tables: readonly string[]
  /** The highest `$n`, or 0. */
  readonly parameters: number
  readonly recursive: boolean
  readonly extent: Extent
  /** The statement's syntax tree. */
  readonly statement: Message
  /** Whether it returns the same rows each time, as long as the data and the time are the same. */
  readonly repeatable: boolean
  /** Columns that its SELECTs name, added up. */
  readonly columns: number
  /** The newest feature in it that not every supported server has. */
  readonly newest?: Newer
}

/**
 * Position of the statement in the text, without semicolons, in bytes of UTF-8. A length of 0 means to the
 * end.
 */
export interface Extent {
  readonly start: number
  readonly length: number
}

export interface Refused {
  readonly ok: false
  /** The refused part, as the query writes it. */
  readonly subject: string
  /** Says what was wrong, what the rule is and what to write instead. */
  readonly reason: string
}

/** Depth of the tree, in nodes. Postgres' own limit is somewhat higher. */
const MAX_DEPTH = 250
/** JSON objects per level of the tree: the node's kind, its fields and, for some, a message in a field. */
const MESSAGES_A_NODE = 3
/** Nodes in the tree. A report over ten tables has 1,000. */
const MAX_NODES = 20_000
/** Tables, WITH names and subqueries in all FROM clauses together: planning time grows steeply with them. */
const MAX_SOURCES = 100
/** Parameters: more than anyone binds by hand. */
export const MAX_PARAMETERS = 100
/** Characters of one parameter. An embedding of 4,096 numbers with all their digits has 90,000. */
export const MAX_PARAMETER_LENGTH = 100_000

/**
 * Columns of anonymous row types. Postgres keeps each such type, some 150 bytes a column, until the session
 * ends.
 */
const MAX_ROW_COLUMNS = 1_000

/** Functions that return another value on each call. */
const BY_CHANCE: ReadonlySet<string> = new Set(
  'random random_normal gen_random_uuid uuidv4 uuidv7 clock_timestamp'.split(' '),
)

/** The tool to use instead of a statement that is not a SELECT. */
const TOOL_FOR: ReadonlyMap<string, string> = new Map([
  ['ExplainStmt', '`explain_query` explains a query: send it the SELECT.'],
  [
    'VariableShowStmt',
    '`SHOW` shows server settings; use `list_tables` and `describe_tables` to see what there is to query.',
  ],
])

const SAMPLING_METHODS: ReadonlySet<string> = new Set(['bernoulli', 'system'])

/**
 * Checks a whole parsed text with the values of `$1` and on; without them each parameter may have any length.
 */
export function checkQuery(tree: unknown, access: Access, parameters?: readonly unknown[]): Verdict {
  const statements = isMessage(tree) ? list(tree.stmts) : []
  const [statement, ...others] = statements
  if (!isMessage(statement)) return refuse('', 'The query is empty.')
  if (others.length > 0) return refuse(';', `One statement at a time: this text holds ${statements.length}.`)
  const root = asNode(statement.stmt)
  if (root?.kind !== 'SelectStmt') return refuse(sqlName(root?.kind), unknownKind(root?.kind ?? 'nothing'))
  const unknown = Object.keys(statement).find((field) => !/^stmt(_location|_len)?$/.test(field))
  if (unknown !== undefined) return refuse(unknown, unknownField('RawStmt', unknown))
  const extent = { start: Number(statement.stmt_location ?? 0), length: Number(statement.stmt_len ?? 0) }
  // Some rules inspect a subtree recursively before the walk has reached its depth limit.
  if (nestsDeeper(root.message, MAX_DEPTH * MESSAGES_A_NODE)) return tooDeep()
  return new Walk(access, parameters).run(root.message, extent)
}

interface Step {
  readonly kind: string
  readonly message: Message
  readonly scope: Scope | undefined
  readonly depth: number
}

/** One pass over one tree. Iterative: the tree's depth is the caller's choice. */
class Walk {
  readonly #access: Access
  readonly #pending: Step[] = []
  readonly #tables = new Set<string>()
  readonly #sizes = new SizeLimits()
  readonly #columns = new ColumnNames()
  readonly #zonedTexts = new ZonedTexts()
  /** Values of the parameters, if known. */
  readonly #bound: readonly unknown[] | undefined
  #parameters = 0
  #rowColumns = 0
  #newest: Newer = { name: '', since: OLDEST_SERVER }
  #recursive = false
  #repeatable = true
  #outputs = 0
  #nodes = 0
  #selects = 0
  #sources = 0

  constructor(access: Access, parameters: readonly unknown[] | undefined) {
    this.#access = access
    this.#bound = parameters
  }

  run(root: Message, extent: Extent): Verdict {
    this.#pending.push({ kind: 'SelectStmt', message: root, scope: undefined, depth: 1 })
    for (let step = this.#pending.pop(); step !== undefined; step = this.#pending.pop()) {
      const refused = this.#enter(step)
      if (refused !== undefined) return refused
    }
    for (const value of this.#bound ?? []) {
      const reason = typeof value === 'string' ? this.#zonedTexts.add(value) : undefined
      if (reason !== undefined) return refuse('parameters', reason)
    }
    const problem = this.#columns.problem() ?? workProblem(root, this.#bound, MAX_PARAMETER_LENGTH)
    if (problem !== undefined) return refuse(problem.subject, problem.reason)
    return {
      ok: true,
      tables: [...this.#tables].sort(),
      parameters: this.#parameters,
      recursive: this.#recursive,
      extent,
      statement: root,
      repeatable: this.#repeatable,
      columns: this.#outputs,
      ...(this.#newest.since > OLDEST_SERVER && { newest: this.#newest }),
    }
  }

  #enter(step: Step): Refused | undefined {
    const fields = NODES.get(step.kind)
    if (fields === undefined) return refuse(sqlName(step.kind), unknownKind(step.kind))
    this.#nodes += 1
    if (this.#nodes > MAX_NODES)
      return refuse('size', `The query has more than ${MAX_NODES} parts; make it smaller.`)
    if (step.depth > MAX_DEPTH) return tooDeep()
    const newer = NEWER_NODES.get(step.kind)
    if (newer !== undefined) this.#noteNewer(newer)
    const refused = this.#checkNode(step)
    if (refused !== undefined) return refused
    const inside = step.kind === 'SelectStmt' ? { ...step, scope: this.#openScope(step) } : step
    const tooLong = step.kind === 'SelectStmt' ? this.#checkWindows(inside) : undefined
    if (tooLong !== undefined) return tooLong
    for (const [name, value] of Object.entries(step.message)) {
      const field = fields.get(name)
      if (field === undefined) return refuse(name, unknownField(step.kind, name))
      // The queries of a WITH have scopes of their own; `#openScope` has queued them.
      const inner =
        step.kind === 'WithClause' && name === 'ctes' ? undefined : this.#follow(field, value, inside)
      if (inner !== undefined) return inner
    }
    return undefined
  }

  #follow(field: Field, value: unknown, from: Step): Refused | undefined {
    switch (field.holds) {
      case 'plain':
        return isScalar(value) ? undefined : refuse(from.kind, unknownKind(from.kind))
      case 'word':
        return field.words.has(String(value))
          ? undefined
          : refuse(String(value), unknownField(from.kind, String(value)))
      case 'nothing':
        return refuse(sqlName(from.kind), field.reason)
      case 'message':
        if (!isMessage(value)) return refuse(from.kind, unknownKind(from.kind))
        this.#push(field.kind, value, from)
        return undefined
      case 'nodes':
        return this.#followNodes(value, from)
    }
  }

  #followNodes(value: unknown, from: Step): Refused | undefined {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (isNull(item)) continue
      const node = asNode(item)
      if (node === undefined) return refuse(from.kind, unknownKind(from.kind))
      this.#push(node.kind, node.message, from)
    }
    return undefined
  }

  #push(kind: string, message: Message, from: Step): void {
    this.#pending.push({ kind, message, scope: from.scope, depth: from.depth + 1 })
  }

  /**
   * The scope inside a SELECT: its WITH names, then the outer ones. In a plain WITH a query sees the names
   * before it; in WITH RECURSIVE it sees all.
   */
  #openScope({ message, scope, depth }: Step): Scope | undefined {
    const clause = isMessage(message.withClause) ? message.withClause : undefined
    if (clause === undefined) return scope
    const members = list(clause.ctes)
    const names = members.map((member) => text(messageOf(member, 'CommonTableExpr')?.ctename))
    const all: Scope = { names: new Set(names), outer: scope }
    for (const [at, member] of members.entries()) {
      const before: Scope = { names: new Set(names.slice(0, at)), outer: scope }
      const node = asNode(member)
      this.#pending.push({
        kind: node?.kind ?? 'nothing',
        message: node?.message ?? {},
        scope: clause.recursive === true ? all : before,
        depth: depth + 1,
      })
    }
    return all
  }

  /** Rules about several fields of a node together. */
  #checkNode({ kind, message, scope }: Step): Refused | undefined {
    switch (kind) {
      case 'SelectStmt':
        this.#selects += 1
        return this.#selects > MAX_SELECTS
          ? refuse('SELECT', `At most ${MAX_SELECTS} SELECTs in one query.`)
          : undefined
      case 'WithClause':
        return message.recursive === true ? this.#checkRecursion(message) : undefined
      case 'RangeVar':
        return this.#checkTable(message, scope)
      case 'RangeSubselect':
      case 'JsonTable':
        return this.#countSource()
      case 'RangeFunction': {
        const reason = this.#columns.addFunctionResult(message)
        return reason === undefined ? this.#countSource() : refuse('FROM', reason)
      }
      case 'ColumnRef':
        this.#columns.addReference(message)
        return undefined
      case 'A_Indirection': {
        const problem = selectionProblem(message)
        return problem === undefined ? undefined : refuse(problem.subject, problem.reason)
      }
      case 'ResTarget':
        this.#outputs += 1
        return undefined
      case 'RangeTableSample':
        if (message.repeatable === undefined) this.#repeatable = false
        return checkAlone(kind, message)
      case 'A_Const': {
        const reason = this.#zonedTexts.add(text(fieldsOf(message.sval).sval))
        return reason === undefined ? undefined : refuse('time zone', reason)
      }
      case 'RowExpr':
        return this.#countRowColumns(list(message.args).length)
      case 'ColumnDef':
        return this.#countRowColumns(1)
      case 'FuncCall':
        return this.#checkCall(message)
      case 'ParamRef':
        return this.#checkParameter(message)
      default:
        return checkAlone(kind, message)
    }
  }

  #checkRecursion(clause: Message): Refused | undefined {
    this.#recursive = true
    for (const member of list(clause.ctes)) {
      const cte = messageOf(member, 'CommonTableExpr')
      const reason = cte === undefined ? undefined : recursionProblem(cte)
      if (reason !== undefined) return refuse(text(cte?.ctename), reason)
    }
    return undefined
  }

  #checkTable(relation: Message, scope: Scope | undefined): Refused | undefined {
    const resolved = resolve(relation, scope, this.#access)
    if (resolved.means === 'nothing') return refuse(text(relation.relname), resolved.reason)
    if (resolved.means === 'table') this.#tables.add(resolved.table)
    return this.#countSource()
  }

  #checkWindows({ message, scope }: Step): Refused | undefined {
    const { windows } = this.#access
    if (windows === undefined) return undefined
    const tableOf = (relation: Message) => {
      const resolved = resolve(relation, scope, this.#access)
      return resolved.means === 'table' ? resolved.table : undefined
    }
    const problem = windowProblem(message, tableOf, windows, this.#bound)
    return problem === undefined ? undefined : refuse(problem.subject, problem.reason)
  }

  #countSource(): Refused | undefined {
    this.#sources += 1
    return this.#sources > MAX_SOURCES
      ? refuse('FROM', `At most ${MAX_SOURCES} tables in one query.`)
      : undefined
  }

  #noteNewer(newer: Newer): void {
    if (newer.since > this.#newest.since) this.#newest = newer
  }

  #countRowColumns(columns: number): Refused | undefined {
    this.#rowColumns += columns
    return this.#rowColumns > MAX_ROW_COLUMNS
      ? refuse(
          'ROW',
          `At most ${MAX_ROW_COLUMNS} values of one query may be in rows (\`(a, b)\`); join with VALUES.`,
        )
      : undefined
  }

  #checkCall(call: Message): Refused | undefined {
    const parts = nameParts(call.funcname)
    const name = parts.at(-1) ?? ''
    const shown = parts.join('.')
    if (parts.length > 2 || (parts.length === 2 && parts[0] !== 'pg_catalog')) {
      return refuse(shown, `\`${shown}\` is not an allowed function: call functions without a schema.`)
    }
    if (!ALLOWED_FUNCTIONS.has(name)) {
      const alternative = ALTERNATIVES.get(name)
      return refuse(
        name,
        `\`${name}\` is not an allowed function.${alternative === undefined ? '' : ` ${alternative}`}`,
      )
    }
    if (BY_CHANCE.has(name)) this.#repeatable = false
    this.#noteNewer({ name, since: NEWER_FUNCTIONS.get(name) ?? OLDEST_SERVER })
    const reason = zoneProblem(call, this.#bound) ?? this.#sizes.check(name, call)
    return reason === undefined ? undefined : refuse(name, reason)
  }

  #checkParameter(parameter: Message): Refused | undefined {
    const number = Number(parameter.number ?? 0)
    if (number < 1) return refuse('$0', 'Parameters are numbered from `$1`.')
    if (number > MAX_PARAMETERS) return refuse(`$${number}`, `At most ${MAX_PARAMETERS} parameters.`)
    this.#parameters = Math.max(this.#parameters, number)
    return undefined
  }
}

/** Rules about one message alone. */
function checkAlone(kind: string, message: Message): Refused | undefined {
  switch (kind) {
    case 'TypeName':
      return checkType(message)
    case 'A_Expr':
      return checkOperator(message.name)
    case 'SubLink':
      return checkOperator(message.operName)
    case 'SortBy':
      return checkOperator(message.useOp)
    case 'SQLValueFunction':
      return checkValueFunction(text(message.op))
    case 'RangeTableSample':
      return checkSampling(nameParts(message.method))
    case 'CollateClause':
      return checkCollation(nameParts(message.collname))
    default:
      return undefined
  }
}

function checkType(type: Message): Refused | undefined {
  const parts = nameParts(type.names)
  const name = parts.at(-1) ?? ''
  const isOurs = parts.length === 1 || (parts.length === 2 && parts[0] === 'pg_catalog')
  if (!isOurs || !ALLOWED_TYPES.has(name)) {
    return refuse(name, `\`${parts.join('.')}\` is not a type that a query may cast to.`)
  }
  // `interval day to second` holds its fields as numbers here, above any length.
  if (name === 'interval') return undefined
  const tooLong = list(type.typmods).some((size) => (literalNumber(size) ?? Infinity) > MAX_TYPE_LENGTH)
  return tooLong ? refuse(name, `A length in \`${name}(…)\` may be at most ${MAX_TYPE_LENGTH}.`) : undefined
}

/**
 * BETWEEN, IN and LIKE have operator names too (`BETWEEN`, `=`, `~~`); those of LIKE and IN are in the list.
 */
function checkOperator(value: unknown): Refused | undefined {
  const parts = nameParts(value)
  const name = parts.at(-1)
  if (name === undefined || name.includes('BETWEEN')) return undefined
  const isOurs = parts.length === 1 || (parts.length === 2 && parts[0] === 'pg_catalog')
  if (isOurs && ALLOWED_OPERATORS.has(name)) return undefined
  return refuse(name, `\`${parts.join('.')}\` is not an allowed operator.`)
}

function checkValueFunction(op: string): Refused | undefined {
  if (/^SVFOP_(CURRENT_(DATE|TIME|TIMESTAMP)|LOCALTIME|LOCALTIMESTAMP)(_N)?$/.test(op)) return undefined
  const name = op.replace(/^SVFOP_/, '').toLowerCase()
  // Harmless but misleading: all callers share one login, so a filter on it would give a wrong result.
  return refuse(
    name,
    `\`${name}\` would name the gateway's own connection, not you; row security already limits what you see.`,
  )
}

function checkSampling(method: readonly string[]): Refused | undefined {
  if (method.length === 1 && SAMPLING_METHODS.has(method[0] ?? '')) return undefined
  return refuse(method.join('.'), '`TABLESAMPLE` may use `bernoulli` or `system` only.')
}

function checkCollation(name: readonly string[]): Refused | undefined {
  if (name.length === 1 || name[0] === 'pg_catalog') return undefined
  return refuse(name.join('.'), 'A collation is named without a schema.')
}

function tooDeep(): Refused {
  return refuse('depth', `The query is nested more than ${MAX_DEPTH} deep; use WITH.`)
}

function refuse(subject: string, reason: string): Refused {
  return { ok: false, subject, reason }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

/** A null pointer in a list, as the parser writes it for a plain DISTINCT. */
function isNull(value: unknown): boolean {
  return isMessage(value) && Object.keys(value).length === 0
}

/** `CreateTableAsStmt` as `CREATE TABLE AS`. */
function sqlName(kind: string | undefined): string {
  return (kind ?? 'nothing')
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()
}

function unknownKind(kind: string): string {
  const tool = TOOL_FOR.get(kind)
  if (tool !== undefined) return tool
  if (kind.endsWith('Stmt'))
    return `\`${sqlName(kind)}\` is not allowed: a query is one SELECT and changes nothing.`
  if (kind.startsWith('Xml') || kind === 'RangeTableFunc')
    return 'XML is not supported in a query; use the JSON functions.'
  return `The query uses something that is not allowed here (${sqlName(kind)}); write it in another way.`
}

function unknownField(kind: string, field: string): string {
  return `The query uses something that is not allowed here (${sqlName(kind)}: ${field}); write it in another way.`
}
