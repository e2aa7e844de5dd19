/**
 * Tables that are read within a time window: a SELECT that names one bounds the column on both sides in its
 * WHERE, by values that its text and parameters determine.
 */

import { asNode, list, type Message, messageOf, nameParts, text } from '../parser/syntax-tree.ts'
import { literalText } from './literals.ts'

export interface TimeWindow {
  readonly column: string
  readonly days: number
}

export interface TimeWindows {
  /** By `schema.table`. */
  readonly of: ReadonlyMap<string, TimeWindow>
  /** In milliseconds. */
  readonly now: number
}

interface Named {
  /** The name by which the SELECT's columns are qualified. */
  readonly alias: string
  readonly table: string
}

type Bound = 'lower' | 'upper'

const MS_PER_DAY = 86_400_000
const MS_PER_UNIT: Readonly<Record<string, number>> = {
  week: 7 * MS_PER_DAY,
  day: MS_PER_DAY,
  hour: 3_600_000,
  minute: 60_000,
}
const TIMES: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamptz', 'text', 'varchar'])
const INTERVAL: ReadonlySet<string> = new Set(['interval'])
const NOW = /^SVFOP_(CURRENT_(DATE|TIMESTAMP)|LOCALTIMESTAMP)(_N)?$/
const BOUNDS: ReadonlyMap<string, readonly Bound[]> = new Map<string, readonly Bound[]>([
  ['>', ['lower']],
  ['>=', ['lower']],
  ['<', ['upper']],
  ['<=', ['upper']],
  ['=', ['lower', 'upper']],
])
/** `5 < a` as `a > 5`. */
const TURNED: ReadonlyMap<string, string> = new Map([
  ['>', '<'],
  ['>=', '<='],
  ['<', '>'],
  ['<=', '>='],
  ['=', '='],
])

/** The first table of the FROM clause that is read over more days, with the reason to give. */
export function windowProblem(
  select: Message,
  tableOf: (relation: Message) => string | undefined,
  windows: TimeWindows,
  parameters: readonly unknown[] = [],
): { readonly subject: string; readonly reason: string } | undefined {
  for (const { alias, table } of namedIn(select.fromClause, tableOf)) {
    const window = windows.of.get(table)
    if (window === undefined) continue
    const times = { lower: Number.NEGATIVE_INFINITY, upper: windows.now }
    for (const condition of conjuncts(select.whereClause)) {
      for (const { bound, value } of boundsIn(condition, alias, window.column)) {
        const time = timeOf(value, windows.now, parameters)
        if (time === undefined) continue
        times[bound] = bound === 'lower' ? Math.max(times.lower, time) : Math.min(times.upper, time)
      }
    }
    if (times.upper - times.lower <= window.days * MS_PER_DAY) continue
    return { subject: alias, reason: reasonOf(alias, window) }
  }
  return undefined
}

function reasonOf(alias: string, { column, days }: TimeWindow): string {
  const example = `\`WHERE ${column} >= '2026-03-01' AND ${column} < '2026-03-0${days < 8 ? days + 1 : 8}'\``
  return `\`${alias}\` is read within ${days} ${days === 1 ? 'day' : 'days'} at a time: bound \`${column}\` in the WHERE of the SELECT that names it, as in ${example}, or by \`now() - interval '1 day'\`.`
}

function* namedIn(from: unknown, tableOf: (relation: Message) => string | undefined): Generator<Named> {
  const pending = [...list(from)]
  while (pending.length > 0) {
    const node = asNode(pending.pop())
    if (node?.kind === 'JoinExpr') pending.push(node.message.larg, node.message.rarg)
    if (node?.kind === 'RangeTableSample') pending.push(node.message.relation)
    const table = node?.kind === 'RangeVar' ? tableOf(node.message) : undefined
    if (node === undefined || table === undefined) continue
    const { alias } = node.message
    const named = typeof alias === 'object' && alias !== null ? Reflect.get(alias, 'aliasname') : undefined
    yield { alias: text(named) || text(node.message.relname), table }
  }
}

/** The conditions that must all hold. */
function* conjuncts(where: unknown): Generator<Message> {
  const pending = [where]
  while (pending.length > 0) {
    const node = asNode(pending.pop())
    if (node?.kind === 'BoolExpr' && node.message.boolop === 'AND_EXPR') {
      pending.push(...list(node.message.args))
    } else if (node?.kind === 'A_Expr') yield node.message
  }
}

function* boundsIn(
  { kind, name, lexpr, rexpr }: Message,
  alias: string,
  column: string,
): Generator<{ readonly bound: Bound; readonly value: unknown }> {
  const isColumn = (value: unknown) => {
    const parts = nameParts(messageOf(value, 'ColumnRef')?.fields)
    return parts.at(-1) === column && (parts.length === 1 || parts.at(-2) === alias)
  }
  if (kind === 'AEXPR_BETWEEN' && isColumn(lexpr)) {
    const [lower, upper] = list(messageOf(rexpr, 'List')?.items)
    yield { bound: 'lower', value: lower }
    yield { bound: 'upper', value: upper }
  }
  if (kind !== 'AEXPR_OP') return
  const operator = nameParts(name).at(-1) ?? ''
  const turned = TURNED.get(operator) ?? ''
  if (isColumn(lexpr)) for (const bound of BOUNDS.get(operator) ?? []) yield { bound, value: rexpr }
  if (isColumn(rexpr)) for (const bound of BOUNDS.get(turned) ?? []) yield { bound, value: lexpr }
}

/** In milliseconds. Undefined where the text does not determine it. */
function timeOf(value: unknown, now: number, parameters: readonly unknown[]): number | undefined {
  const node = asNode(value)
  if (node?.kind === 'A_Expr' && node.message.kind === 'AEXPR_OP') {
    const sign = nameParts(node.message.name).at(-1)
    const time = timeOf(node.message.lexpr, now, parameters)
    const span = spanOf(node.message.rexpr)
    if (time === undefined || span === undefined) return undefined
    return sign === '-' ? time - span : sign === '+' ? time + span : undefined
  }
  if (node?.kind === 'FuncCall' && nameParts(node.message.funcname).at(-1) === 'now') return now
  if (node?.kind === 'SQLValueFunction' && NOW.test(text(node.message.op))) return now
  const written = literalText(value, TIMES) ?? parameterText(value, parameters)
  const time = written === undefined ? Number.NaN : Date.parse(written)
  return Number.isNaN(time) ? undefined : time
}

function parameterText(value: unknown, parameters: readonly unknown[]): string | undefined {
  const node = asNode(value)
  if (node?.kind === 'TypeCast') return parameterText(node.message.arg, parameters)
  if (node?.kind !== 'ParamRef') return undefined
  const given = parameters[Number(node.message.number ?? 0) - 1]
  return typeof given === 'string' ? given : undefined
}

/** Of `interval '7 days'`, in milliseconds. */
function spanOf(value: unknown): number | undefined {
  const [, count, unit = ''] =
    /^\s*(\d{1,6})\s+(week|day|hour|minute)s?\s*$/i.exec(literalText(value, INTERVAL) ?? '') ?? []
  const ms = MS_PER_UNIT[unit.toLowerCase()]
  return ms === undefined ? undefined : Number(count) * ms
}
