/**
 * Column notation that calls a function. For Postgres `x.f` also means `f(x)` when x has no column f:
 * `('/etc/passwd'::text).pg_read_file` reads a file, and so does `f.pg_read_file` over `from
 * unnest(array['/etc/passwd']) f`.
 */

import { words } from '../../infra/text.ts'
import { isMessage, list, type Message, messageOf, nameParts, text } from '../parser/syntax-tree.ts'
import { ALIAS_NAMES_COLUMN, ALLOWED_FUNCTIONS } from './allowed-functions.ts'

/** Columns of PostgreSQL's own set-returning functions; no function has these names. */
const KNOWN_COLUMNS: ReadonlySet<string> = new Set(words('key value ordinality lexeme positions weights'))

/** Prefixes of the server's functions that no table's column has. */
const SERVER_NAME = /^(pg_|lo_|dblink)/

/** Collects the names of a query's function results, and checks the column references once all are known. */
export class ColumnNames {
  /** By alias: the columns that all function results of that alias have. */
  readonly #functionResults = new Map<string, ReadonlySet<string>>()
  readonly #references: (readonly string[])[] = []

  /** Returns why this function may not be in FROM, or undefined. */
  addFunctionResult(source: Message): string | undefined {
    const alias = isMessage(source.alias) ? source.alias : undefined
    const call = messageOf(list(messageOf(list(source.functions)[0], 'List')?.items)[0], 'FuncCall')
    const callName = nameParts(call?.funcname).at(-1) ?? ''
    const name = text(alias?.aliasname) || callName
    const item = list(messageOf(list(source.functions)[0], 'List')?.items)[0]
    if (messageOf(item, 'SQLValueFunction') !== undefined) {
      return (
        '`user` and `current_date` are reserved words: a table of that name is written in double quotes (`from "user"`), ' +
        'and a value needs an alias: `from current_date as x(day)`.'
      )
    }
    // Postgres names `from coalesce(…)` by itself, with another rule for each such form.
    if (name === '')
      return 'An expression in FROM that is no table needs an alias: `from coalesce(…) as x(value)`.'
    const declared = declaredColumns(source, alias)
    if (declared.length === 0 && aliasNamesColumn(source, callName, call)) declared.push(name)
    const columns = new Set(declared)
    const key = inAnyCase(name)
    const others = this.#functionResults.get(key)
    this.#functionResults.set(key, others === undefined ? columns : common(columns, others))
    return undefined
  }

  addReference(column: Message): void {
    const parts = nameParts(column.fields)
    if (parts.length > 1) this.#references.push(parts)
  }

  /** Returns why a reference is refused, or undefined. */
  problem(): { readonly subject: string; readonly reason: string } | undefined {
    for (const parts of this.#references) {
      const column = parts.at(-1) ?? ''
      const source = parts.at(-2) ?? ''
      const result = this.#functionResults.get(inAnyCase(source))
      // A table elsewhere in the query may have the same alias, so a declared column does not make a server's
      // name safe.
      if (SERVER_NAME.test(column)) return { subject: column, reason: serverNameReason(source, column) }
      const isCall = result !== undefined && !isColumn(column, result)
      if (isCall) return { subject: column, reason: referenceReason(source, column) }
    }
    return undefined
  }
}

/**
 * Folds names that a server may treat as one. The parser turns `Name` into `name` and leaves `É` as it is, as
 * a UTF-8 database does; in LATIN1 and similar encodings É is é, and a Turkish İ is i.
 */
function inAnyCase(name: string): string {
  return name.replace(/[^\p{ASCII}]/gu, (letter) => (letter === 'İ' ? 'i' : letter.toUpperCase()))
}

function common(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...some].filter((name) => others.has(name)))
}

/** False for ROWS FROM with several functions, and for `unnest(a, b)` over several arrays. */
function aliasNamesColumn(source: Message, callName: string, call: Message | undefined): boolean {
  if (list(source.functions).length !== 1 || !ALIAS_NAMES_COLUMN.has(callName)) return false
  return callName !== 'unnest' || list(call?.args).length === 1
}

function declaredColumns(source: Message, alias: Message | undefined): string[] {
  const definitions = list(source.coldeflist).map((definition) =>
    text(messageOf(definition, 'ColumnDef')?.colname),
  )
  return [...nameParts(alias?.colnames), ...definitions]
}

/** A `*` has the name ''. */
function isColumn(name: string, declared: ReadonlySet<string>): boolean {
  return name === '' || declared.has(name) || KNOWN_COLUMNS.has(name) || ALLOWED_FUNCTIONS.has(name)
}

function referenceReason(source: string, column: string): string {
  return (
    `\`${source}.${column}\` could be a call of the function \`${column}\`; ` +
    `name the columns of a function in FROM: \`from f(…) as ${source}(${column})\`.`
  )
}

function serverNameReason(source: string, column: string): string {
  return (
    `\`${source}.${column}\` could be a call of the function \`${column}\`; ` +
    'give the column a name of its own: one that does not begin like those of the server (`pg_`, `lo_`, `dblink`).'
  )
}

/** Returns why `(x).name` is refused, for any name after the brackets, or undefined. */
export function selectionProblem(indirection: Message): { subject: string; reason: string } | undefined {
  for (const part of list(indirection.indirection)) {
    const name = text(messageOf(part, 'String')?.sval)
    if (name === '' || KNOWN_COLUMNS.has(name) || ALLOWED_FUNCTIONS.has(name)) continue
    const reason =
      `\`(…).${name}\` could be a call of the function \`${name}\`, so it is not allowed; ` +
      `write \`alias.${name}\` for a column of a table or subquery in FROM, ` +
      `and \`to_jsonb(…) ->> '${name.replaceAll("'", "''")}'\` for a field of a composite value.`
    return { subject: name, reason }
  }
  return undefined
}
