/**
 * The statement of a SQL tool's file: one, which reads unless the file says that it writes, and which names
 * the source's views only. What it calls is the operator's choice.
 */

import type { Confirm, TableLock } from '../../../../src/infra/config/lock-file.ts'
import { nearestNames } from '../../../../src/infra/nearest.ts'
import { parse } from '../../../../src/sql-guard/parser/parse.ts'
import {
  asNode,
  fieldsOf,
  isMessage,
  list,
  type Message,
  nodesBelow,
  text,
} from '../../../../src/sql-guard/parser/syntax-tree.ts'
import { splitAt } from '../../../../src/toolkit/placeholders.ts'
import type { HeadParameter } from './head.ts'
import { ToolProblem } from './problem.ts'

const WRITES: ReadonlyMap<string, 'insert' | 'update' | 'delete'> = new Map([
  ['InsertStmt', 'insert'],
  ['UpdateStmt', 'update'],
  ['DeleteStmt', 'delete'],
])

export interface Statement {
  /** With `$1` and on, and bare names of views. */
  readonly bare: string
  /** The same with the views' schema before each. */
  readonly qualified: string
  /** The views that it names. */
  readonly views: ReadonlySet<string>
  /** Uses of each parameter, by its place. */
  readonly uses: readonly number[]
  readonly write: Write | undefined
}

export interface Write {
  readonly table: TableLock
  /** The columns that its RETURNING names. */
  readonly returning: readonly string[]
  /** The file's rule for such writes to the table. */
  readonly confirm: Confirm
}

export interface StatementRequest {
  readonly text: string
  readonly line: number
  readonly parameters: readonly HeadParameter[]
  readonly writes: boolean
  readonly tables: readonly TableLock[]
  readonly viewSchema: string
}

/** Throws `ToolProblem`. */
export async function readStatement(request: StatementRequest): Promise<Statement> {
  const { line, tables, writes } = request
  const { numbered, uses } = number(request)
  const parsed = await parse(numbered)
  if (!parsed.ok) throw new ToolProblem(lineAt(numbered, parsed.position, line), parsed.reason)
  const statements = isMessage(parsed.tree) ? list(parsed.tree.stmts) : []
  const [statement] = statements
  if (statements.length !== 1 || !isMessage(statement)) {
    throw new ToolProblem(line, `a file has one statement, and this one has ${statements.length}`)
  }
  const root = asNode(statement.stmt)
  mustBeOfKind(
    root?.kind ?? 'nothing',
    [...nodesBelow(statement.stmt)].map(({ kind }) => kind),
    writes,
    line,
  )
  const bare = trimmed(numbered)
  const relations = relationsIn(statement.stmt)
  const named = withNames(statement.stmt)
  const views = relations.filter(({ relname }) => !named.has(text(relname)))
  for (const relation of views)
    mustBeView(relation, tables, named, lineAt(numbered, Number(relation.location), line))
  const operation = WRITES.get(root?.kind ?? '')
  const write =
    operation === undefined || root === undefined ? undefined : writeOf(operation, root.message, tables, line)
  if (writes && write === undefined)
    throw new ToolProblem(line, '`writes: true` is for an INSERT, UPDATE or DELETE')
  const names = new Set(views.map(({ relname }) => text(relname)))
  return { bare, qualified: qualify(bare, views, request.viewSchema), views: names, uses, write }
}

/** `:name` becomes `$1` and on, in the order of the head; a type that the head gives becomes a cast. */
function number({ text: written, line, parameters }: StatementRequest) {
  const { texts, placeholders } = splitAt(':', written)
  const uses = parameters.map(() => 0)
  const parts = placeholders.map((name, at) => {
    const place = parameters.findIndex((each) => each.name === name)
    const parameter = parameters[place]
    if (parameter === undefined) {
      const start = texts.slice(0, at + 1).join('')
      throw new ToolProblem(line + newlines(start), `\`:${name}\` has no line \`-- param ${name}: …\``)
    }
    uses[place] = (uses[place] ?? 0) + 1
    return parameter.type === undefined ? `$${place + 1}` : `cast($${place + 1} as ${parameter.type})`
  })
  const unused = parameters.find((_, at) => uses[at] === 0)
  if (unused !== undefined)
    throw new ToolProblem(unused.line, `the statement does not use \`:${unused.name}\``)
  const numbered = texts.map((part, at) => part + (parts[at] ?? '')).join('')
  if (splitAt('$', written).placeholders.length > 0) {
    throw new ToolProblem(line, 'a parameter is written `:name`, and not `$1`')
  }
  return { numbered, uses }
}

function mustBeOfKind(root: string, below: readonly string[], writes: boolean, line: number): void {
  if (root !== 'SelectStmt' && !WRITES.has(root)) {
    throw new ToolProblem(
      line,
      'the statement must be a SELECT, or with `-- writes: true` an INSERT, UPDATE or DELETE',
    )
  }
  const written = below.filter((kind) => WRITES.has(kind) || kind === 'MergeStmt')
  if (written.length > 1) throw new ToolProblem(line, 'it writes once: no WITH of a write may write too')
  if (written.length > 0 && !writes)
    throw new ToolProblem(line, 'it writes, so its head needs `-- writes: true`')
  if (below.some((kind) => kind === 'IntoClause')) throw new ToolProblem(line, 'it must not make a table')
}

/** Every message that names a relation, wherever it stands. */
function relationsIn(tree: unknown): Message[] {
  const found: Message[] = []
  const pending: unknown[] = [tree]
  while (pending.length > 0) {
    const next = pending.pop()
    if (Array.isArray(next)) pending.push(...next)
    if (!isMessage(next)) continue
    if (typeof next.relname === 'string') found.push(next)
    pending.push(...Object.values(next))
  }
  return found
}

function withNames(tree: unknown): ReadonlySet<string> {
  const expressions = [...nodesBelow(tree)].filter(({ kind }) => kind === 'CommonTableExpr')
  return new Set(expressions.map(({ message }) => text(message.ctename)))
}

function mustBeView(
  { schemaname, relname }: Message,
  tables: readonly TableLock[],
  named: ReadonlySet<string>,
  line: number,
): void {
  const names = tables.map(({ name }) => name)
  const hidden = names.find((name) => named.has(name))
  if (hidden !== undefined) throw new ToolProblem(line, `WITH must not be named \`${hidden}\` as a view is`)
  if (text(schemaname) !== '')
    throw new ToolProblem(line, `name the view without a schema: \`${text(relname)}\``)
  if (names.includes(text(relname))) return
  const [meant] = nearestNames(text(relname), names)
  const advice =
    meant === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean \`${meant}\`?`
  throw new ToolProblem(line, `there is no view \`${text(relname)}\`: ${advice}`)
}

/** The first column of RETURNING is what the audit log knows the row by. */
function writeOf(
  operation: 'insert' | 'update' | 'delete',
  message: Message,
  tables: readonly TableLock[],
  line: number,
): Write {
  const target = isMessage(message.relation) ? text(message.relation.relname) : ''
  const table = tables.find(({ name }) => name === target)
  const items = list(fieldsOf(message.returningClause).exprs).map((item) => columnIn(item))
  if (table === undefined || items.length === 0 || items.includes(undefined)) {
    throw new ToolProblem(
      line,
      'a write ends in RETURNING with names of columns, the first of which names the row',
    )
  }
  if (!table.allow.includes(operation)) {
    throw new ToolProblem(line, `\`${target}\` does not allow ${operation}: add it to the table's \`allow\``)
  }
  mustBeOpen(operation, message, table, line)
  const all = table.columns.map(({ name }) => name)
  const returning = items.flatMap((name) => (name === '*' ? all : (name ?? [])))
  const unknown = returning.find((name) => !all.includes(name))
  if (unknown === undefined) return { table, returning, confirm: table.confirm[operation] }
  throw new ToolProblem(line, `\`${target}\` has no column \`${unknown}\`: there are ${all.join(', ')}`)
}

/**
 * The login may name only columns that the file opens to callers; the view's defaults fill in the identity's.
 */
function mustBeOpen(
  operation: 'insert' | 'update' | 'delete',
  message: Message,
  table: TableLock,
  line: number,
): void {
  if (operation === 'delete') return
  const items = list(operation === 'insert' ? message.cols : message.targetList)
  if (items.length === 0) throw new ToolProblem(line, 'an INSERT names its columns')
  const names = items.map((item) => text(fieldsOf(asNode(item)?.message).name))
  const closed = names.find((name) => !table[operation].includes(name))
  if (closed === undefined) return
  throw new ToolProblem(
    line,
    `\`${table.name}\` does not take \`${closed}\` in an ${operation}: add it to the table's \`${operation}\``,
  )
}

function columnIn(item: unknown): string | undefined {
  const target = asNode(item)
  if (target?.kind !== 'ResTarget' || text(target.message.name) !== '') return undefined
  const reference = asNode(target.message.val)
  const last = reference?.kind === 'ColumnRef' ? asNode(list(reference.message.fields).at(-1)) : undefined
  return last?.kind === 'A_Star' ? '*' : last?.kind === 'String' ? text(last.message.sval) : undefined
}

/** Writes the schema before each view. The parser counts bytes of UTF-8. */
function qualify(statement: string, views: readonly Message[], viewSchema: string): string {
  const bytes = Buffer.from(statement)
  const places = views.map(({ location }) => Number(location ?? 0)).toSorted((a, b) => a - b)
  const schema = `"${viewSchema.replaceAll('"', '""')}".`
  const parts = [0, ...places].map((start, at) =>
    bytes.subarray(start, places[at] ?? bytes.length).toString(),
  )
  return parts.join(schema)
}

function trimmed(statement: string): string {
  return statement.replace(/\s*;?\s*$/, '')
}

function lineAt(statement: string, byte: number | undefined, first: number): number {
  if (byte === undefined || Number.isNaN(byte)) return first
  return first + newlines(Buffer.from(statement).subarray(0, byte).toString())
}

function newlines(part: string): number {
  return part.split('\n').length - 1
}
