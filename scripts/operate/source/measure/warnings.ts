/** Warnings of a plan beside its refusals: hints at hidden rows, and statements that will be slow or fail. */

import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { identifier } from '../../../local/postgres/literal.ts'
import type { Pooler } from '../../../local/postgres/pooler.ts'
import type { CatalogueColumn, CatalogueTable } from '../catalogue.ts'
import type { Finding } from '../views/findings.ts'
import { quoted } from '../views/names.ts'
import type { RowsSeen } from './rows-seen.ts'

export interface WarnedTable {
  readonly named: string
  readonly table: CatalogueTable
  readonly enforce: 'views' | 'policies'
  /** Count of the columns that are shown, whole or masked. */
  readonly shown: number
  /** Names of those that are shown whole: a masked one is compared by its mask. */
  readonly whole: readonly string[]
  /** Whether callers see only a part of its rows. */
  readonly divided: boolean
}

const TEXT = /^(text|character|citext)/
/** From here on `views` is worth a word, in milliseconds and as a multiple of `policies`. */
const SLOW_MS = 5
const SLOW_TIMES = 3
const MOST_NAMED = 6

interface Warned {
  readonly file: SourceFile
  /** The pooler in front of the database; undefined where it is not reached by TCP. */
  readonly pooler: Pooler | undefined
  readonly tables: readonly WarnedTable[]
  readonly seen: readonly RowsSeen[]
}

export function warningsOf({ file, pooler, tables, seen }: Warned): Finding[] {
  return [
    ...connections(file, pooler),
    ...migrations(tables),
    ...statistics(tables),
    ...tables.flatMap((table) => [...textIndexes(table, file), ...slow(table, seen)]),
  ]
}

function connections({ connect }: SourceFile, pooler: Pooler | undefined): Finding[] {
  if (connect.startsWith('HYPERDRIVE') || pooler === undefined || pooler === 'transaction') return []
  const write = `connect: HYPERDRIVE_${connect.replace(/_(DATABASE_)?URL$/, '')}`
  if (pooler === 'session')
    return [
      {
        said: `the pooler before the database is in session mode, in which a connection of the server is not lent to another call before the Worker's is closed: where ${connect} leads to it, it spares the server nothing. Use its transaction mode (PgBouncer: pool_mode = transaction), or Hyperdrive.`,
        write,
      },
    ]
  return [
    {
      said: `the Worker opens a connection for each call where ${connect} leads straight to a server, which costs some 60 ms: good for trying only. Put Hyperdrive or a pooler in transaction mode before it.`,
      write,
    },
  ]
}

function migrations(tables: readonly WarnedTable[]): Finding[] {
  const columns = tables.reduce((sum, { shown }) => sum + shown, 0)
  return [
    {
      said: `a migration that drops one of the ${columns} columns that are shown, or changes its type, will fail while the views are there: take it out of the file and run \`rowgate up\` before, or \`rowgate down\`.`,
    },
  ]
}

/** The planner's estimates come from every row's values, whoever asks. */
function statistics(tables: readonly WarnedTable[]): Finding[] {
  const telling = tables
    .filter(({ divided }) => divided)
    .flatMap(({ named, table, whole }) =>
      table.columns
        .filter((column) => whole.includes(column.name) && isText(column) && column.hasStatistics)
        .map(({ name }) => `${named}.${name}`),
    )
  if (telling.length === 0) return []
  return [
    {
      said: `the statistics of ${listed(telling)} hold values of every tenant, and a caller who tries values may learn from a plan's choice, or from a refusal by cost, that one is common. No caller is shown an estimate. Where that is too much, the owner can end it for a column.`,
      run: 'alter table … alter column … set statistics 0; analyze …',
    },
  ]
}

/** The time of a look-up tells whether the value is there, in anybody's rows. */
function textIndexes({ named, table, whole, divided }: WarnedTable, file: SourceFile): Finding[] {
  const tenant = file.identity?.tenant?.column
  if (!divided) return []
  const telling = table.indexes.filter(({ columns: [first] }) => {
    const column = table.columns.find(({ name }) => name === first)
    return column !== undefined && column.name !== tenant && whole.includes(column.name) && isText(column)
  })
  return telling.map((index) => {
    const [first = ''] = index.columns
    const better = tenant !== undefined && table.columns.some(({ name }) => name === tenant)
    return {
      table: named,
      said: `the index ${index.name} begins with ${first}, a text: how long a caller's query for a value takes can tell whether anybody's row has it.${better ? ' One that begins with the tenant does not tell.' : ''}`,
      ...(better
        ? {
            run: `create index on ${quoted(table)} (${[tenant, ...index.columns.filter((name) => name !== tenant)].map((name) => (name === undefined ? '…' : identifier(name))).join(', ')})`,
          }
        : {}),
    }
  })
}

function slow({ named, table, enforce }: WarnedTable, seen: readonly RowsSeen[]): Finding[] {
  const cost = seen.find((each) => each.named === named)?.newest
  if (cost === undefined || enforce !== 'views') return []
  if (cost.views < SLOW_MS || cost.views < cost.policies * SLOW_TIMES) return []
  const others = table.grantees.filter((role) => role !== 'PUBLIC')
  const price =
    others.length === 0
      ? 'which enables row security on it'
      : `which enables row security on it, with a policy by which ${listed(others)} see what they see now; pg_dump by ${others.length === 1 ? 'it' : 'one of these'} would fail`
  return [
    {
      table: named,
      said: `the newest 20 of the ${cost.rows} rows that its largest tenant has take ${cost.views} ms by views, and would take ${cost.policies} ms by policies, ${price}.`,
      write: 'enforce: policies',
    },
  ]
}

function isText({ baseType, isArray, typeKind }: CatalogueColumn): boolean {
  return TEXT.test(baseType) && !isArray && typeKind !== 'enum'
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ')
}
