/** Answers of the toolset `sql` about sources and tables. */

import { dataOf, type Tool } from '../../mcp/client.ts'

export interface ListedTable {
  readonly name: string
  readonly kind: string
  readonly rows: number | undefined
  readonly comment: string | undefined
}

export interface Column {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly default: string | null
  readonly comment: string | null
}

export interface TableDescription {
  readonly name: string
  readonly comment?: string | null
  readonly columns: readonly Column[]
  readonly column_count: number
  readonly next_column?: number
  readonly keys: readonly string[]
  readonly indexes: readonly string[]
  readonly policies: readonly string[]
}

/** The values of the parameter `source`, where there are several. */
export function sourcesOf(tools: readonly Tool[]): readonly string[] {
  const source = tools.find(({ name }) => name === 'list_tables')?.inputSchema.properties?.source
  return (source?.enum ?? []).filter((name) => typeof name === 'string')
}

/** The schema of a name as in SQL, whose parts may be in quotes and hold any character; empty without one. */
export function schemaOf(name: string): string {
  return /^("(?:[^"]|"")*"|[^".]*)\./.exec(name)?.[1] ?? ''
}

interface Columnar {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

export async function listTables(source: string | undefined): Promise<readonly ListedTable[]> {
  const { columns, rows } = await dataOf<Columnar>('list_tables', chosen(source))
  const at = (name: string) => columns.indexOf(name)
  const [name, kind, count, comment] = [at('name'), at('kind'), at('estimated_rows'), at('comment')]
  return rows.map((row) => ({
    name: String(row[name]),
    kind: String(row[kind] ?? 'table'),
    rows: typeof row[count] === 'number' ? row[count] : undefined,
    comment: typeof row[comment] === 'string' ? row[comment] : undefined,
  }))
}

interface Described {
  readonly tables: readonly TableDescription[]
}

/** All columns, of which the tool gives some hundred at a time. */
export async function describeTable(
  source: string | undefined,
  table: string,
  firstColumn = 1,
): Promise<TableDescription> {
  const [described] = (
    await dataOf<Described>('describe_tables', {
      ...chosen(source),
      tables: [table],
      ...(firstColumn > 1 && { first_column: firstColumn }),
    })
  ).tables
  if (described === undefined) throw new Error('There is no such table, or your login may not read it.')
  if (described.next_column === undefined) return described
  const { columns } = await describeTable(source, table, described.next_column)
  return { ...described, columns: [...described.columns, ...columns] }
}

export function chosen(source: string | undefined): { source?: string } {
  return source === undefined ? {} : { source }
}

export interface JoinPath {
  readonly columns: string
  readonly table: string
  readonly to: string
}

/** A list of names in brackets, or a name; those in quotes may hold any character. */
const NAMES = '((?:"[^"]*"|[^")(])+)'
const FOREIGN_KEY = new RegExp(`^FOREIGN KEY \\(${NAMES}\\) REFERENCES ${NAMES}\\(${NAMES}\\)`)
const REFERENCED_BY = new RegExp(`^REFERENCED BY ${NAMES}\\(${NAMES}\\) ON \\(${NAMES}\\)`)
const PRIMARY_KEY = new RegExp(`^(?:PRIMARY )?KEY \\(${NAMES}\\)`)

type Keys = Pick<TableDescription, 'keys'>

/** The foreign keys, as where they lead. */
export function joinPaths({ keys }: Keys): readonly JoinPath[] {
  return keys.flatMap((key) => {
    const [, columns, table, to] = FOREIGN_KEY.exec(key) ?? []
    return columns && table && to ? [{ columns, table: table.trim(), to }] : []
  })
}

/** Foreign keys of other tables that lead here, where the description names them. */
export function joinsFrom({ keys }: Keys): readonly JoinPath[] {
  return keys.flatMap((key) => {
    const [, table, to, columns] = REFERENCED_BY.exec(key) ?? []
    return columns && table && to ? [{ columns, table: table.trim(), to }] : []
  })
}

/** Keys that are neither foreign keys nor references to this table. */
export function otherKeys({ keys }: Keys): readonly string[] {
  return keys.filter((key) => !FOREIGN_KEY.test(key) && !REFERENCED_BY.test(key))
}

/** Columns of the primary key, by which a page of rows is put in order. */
export function primaryKey({ keys }: Keys): readonly string[] {
  const listed = keys.map((key) => PRIMARY_KEY.exec(key)?.[1]).find((text) => text !== undefined)
  return listed?.match(/(?:"[^"]*"|[^",])+/g)?.map((name) => name.trim()) ?? []
}

/** A query for a table's rows, in an order where there is a key. Names are spelt as in SQL by the tools. */
export function firstRows(table: TableDescription): string {
  const key = primaryKey(table)
  return `SELECT * FROM ${table.name}${key.length > 0 ? ` ORDER BY ${key.join(', ')}` : ''}`
}
