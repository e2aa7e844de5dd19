/** Names that the caller may read in a source: the tables, and the columns of those that a query names. */

import { type Column, describeTable, type ListedTable, listTables } from '../data/catalogue.ts'

export interface VisibleTable {
  /** Schema and table, or the table alone, without SQL's quotes. */
  readonly path: readonly string[]
  readonly about: string | undefined
  readonly columns: readonly Column[]
}

/** A query of more tables is completed for the first ones. */
const MOST_DESCRIBED = 20
const NAME = /"(?:""|[^"])*"|[\p{L}_][\p{L}\p{N}_$]*/gu

/** Asks for each table once. */
export class VisibleSchema {
  readonly #source: string | undefined
  #listed: Promise<readonly ListedTable[]> | undefined
  readonly #columns = new Map<string, Promise<readonly Column[]>>()

  constructor(source: string | undefined) {
    this.#source = source
  }

  /** All tables, and the columns of those whose names stand in the text. */
  async tablesFor(sql: string): Promise<readonly VisibleTable[]> {
    const listed = await this.#tables()
    const words = new Set(namesIn(sql).map((name) => name.toLowerCase()))
    const paths = listed.map(({ name }) => namesIn(name))
    const isNamed = (at: number) => words.has(paths[at]?.at(-1)?.toLowerCase() ?? '')
    const named = new Set(listed.filter((_, at) => isNamed(at)).slice(0, MOST_DESCRIBED))
    return await Promise.all(
      listed.map(async (table, at) => ({
        path: paths[at] ?? [],
        about: table.comment,
        columns: named.has(table) ? await this.#columnsOf(table.name) : [],
      })),
    )
  }

  /** A list that did not come is asked for again, and until then nothing is proposed. */
  async #tables(): Promise<readonly ListedTable[]> {
    this.#listed ??= listTables(this.#source)
    return await this.#listed.catch(() => {
      this.#listed = undefined
      return []
    })
  }

  async #columnsOf(table: string): Promise<readonly Column[]> {
    const asked =
      this.#columns.get(table) ?? describeTable(this.#source, table).then(({ columns }) => columns)
    this.#columns.set(table, asked)
    return await asked.catch(() => {
      this.#columns.delete(table)
      return []
    })
  }
}

/** The names in a text of SQL, without quotes. */
function namesIn(sql: string): readonly string[] {
  return (sql.match(NAME) ?? []).map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  )
}
