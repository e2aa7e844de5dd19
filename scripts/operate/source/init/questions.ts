/**
 * The questions of `rowgate init`: five at most, each with its proposal, which an empty answer takes. Pure: a
 * question says what an answer means, or what is wrong with it.
 */

import type { Choices, Proposal, ProposedTable } from './proposal.ts'

export interface Question {
  readonly lines: readonly string[]
  /** Asked last, before the cursor. */
  readonly ask: string
  /** The proposal that an empty answer takes, as it is shown. */
  readonly proposal: string
  /** The choice that an answer means, or a sentence that says what is wrong with it. */
  read(answer: string): Choices | string
}

/** Each is asked on the proposal that the answers before it make; undefined where there is nothing to ask. */
export const QUESTIONS: readonly ((proposal: Proposal) => Question | undefined)[] = [
  whoseRows,
  whichWay,
  whatIsPrivate,
  whatElse,
  whichWrites,
]

/** Names of a list in one line; the rest is counted. */
const MOST_NAMED = 12

function whoseRows({ tenant, tenants, user, users, tables }: Proposal): Question | undefined {
  if (tenant === undefined && users.length === 0) return undefined
  if (tenant === undefined) return whichUser({ user, users, tables })
  const others = tenants.slice(1).map(({ column }) => column)
  return {
    lines: [
      `${count(tenant.tables.length, 'table')} of ${tables.length} have the column ${tenant.column}: it would say whose a row is, and the`,
      `claim ${tenant.claim} of a caller's token which tenant the caller is.`,
      ...(others.length > 0 ? [`Other columns that could: ${listed(others)}.`] : []),
      'Answer with a column, with COLUMN=CLAIM, or with none where rows belong to no tenant.',
    ],
    ask: 'Tenant column',
    proposal: `${tenant.column}=${tenant.claim}`,
    read(answer) {
      const [column = '', claim, ...more] = answer.split('=').map((part) => part.trim())
      const known = column === 'none' || tables.some(({ table }) => hasColumn(table, column))
      if (!known || more.length > 0 || claim === '') {
        return `No table has the column "${column}": name one, as COLUMN or COLUMN=CLAIM, or answer none.`
      }
      return { tenant: column, ...(claim === undefined ? {} : { claim }) }
    },
  }
}

function whichUser({ user, users, tables }: Pick<Proposal, 'user' | 'users' | 'tables'>): Question {
  const nameOf = (table: ProposedTable['table']) =>
    tables.find((each) => each.table === table)?.name ?? table.name
  return {
    lines: [
      'No column says which tenant a row belongs to. Rows may belong to the caller: then a column holds what the',
      "caller's token has as its subject, and rows that point at that one are the caller's.",
      `Columns that could: ${listed(users.map(({ table, column }) => `${nameOf(table)}.${column}`))}.`,
      'Answer with TABLE.COLUMN, or with none: then every caller with the scope sees every row.',
    ],
    ask: "Column of the token's subject",
    proposal: user === undefined ? 'none' : `${nameOf(user.table)}.${user.column}`,
    read(answer) {
      if (answer === 'none') return { user: 'none' }
      const found = tables.find(({ name }) => answer.startsWith(`${name}.`))
      if (found === undefined || !hasColumn(found.table, answer.slice(found.name.length + 1))) {
        return `There is no column "${answer}": answer with TABLE.COLUMN, or with none.`
      }
      return found.table.key.length === 1
        ? { user: answer }
        : `${found.name} has no key of one column by which other tables could know the user: choose another.`
    },
  }
}

function whichWay({ tables }: Proposal): Question | undefined {
  const torn = tables.filter(({ ways }) => ways.length > 1)
  if (torn.length === 0) return undefined
  const proposed = torn.map(({ name, ways }) => `${name}=${ways[0]?.column ?? ''}`)
  return {
    lines: [
      'The rows of these tables belong to whoever sees the row that a foreign key leads to, and there are two ways:',
      ...torn.map(
        ({ name, ways }) =>
          `  ${name}: ${ways.map(({ column, to }) => `${column} (to ${tables.find(({ table }) => table === to)?.name ?? to.name})`).join(', ')}`,
      ),
      'Answer with TABLE=COLUMN for those that should take another way, separated by spaces.',
    ],
    ask: 'Ways',
    proposal: proposed.join(' '),
    read(answer) {
      const ways: Record<string, string> = {}
      for (const part of words(answer)) {
        const at = part.lastIndexOf('=')
        const [name, column] = [part.slice(0, at), part.slice(at + 1)]
        const found = torn.find((each) => each.name === name)
        if (found?.ways.some((way) => way.column === column) !== true) {
          return `"${part}" is none of these ways: answer as in ${proposed[0] ?? 'TABLE=COLUMN'}.`
        }
        ways[name] = column
      }
      return { ways }
    },
  }
}

function whatIsPrivate({ tables }: Proposal): Question | undefined {
  const columns = tables
    .filter(({ rows }) => rows !== undefined)
    .flatMap(({ name, columns }) =>
      columns
        .filter(({ shown }) => shown !== 'show' && shown !== 'size')
        .map((column) => ({ key: `${name}.${column.name}`, ...column })),
    )
  if (columns.length === 0) return undefined
  return {
    lines: [
      'These columns look private. They would be left out (hide) or masked until you say otherwise:',
      ...columns.map(({ key, shown, why }) => `  ${key}: ${shownAsText(shown)} (${why ?? ''})`),
      'Answer with those that agents may see whole, as TABLE.COLUMN, separated by spaces.',
    ],
    ask: 'Show whole',
    proposal: 'none',
    read(answer) {
      if (answer === 'none') return {}
      const show = words(answer)
      const strange = show.find((each) => !columns.some(({ key }) => key === each))
      return strange === undefined ? { show } : `"${strange}" is none of these columns.`
    },
  }
}

function whatElse({ tables }: Proposal): Question | undefined {
  const closed = tables.filter(({ rows, mayServe }) => rows === undefined && mayServe)
  if (closed.length === 0) return undefined
  return {
    lines: [
      'These tables would be left out:',
      ...closed.map(({ name, why }) => `  ${name}: ${why}`),
      'Answer with those to serve all the same, separated by spaces: one without a tenant to callers of every tenant,',
      'one with row security by a policy of its own for the reader.',
    ],
    ask: 'Serve as well',
    proposal: 'none',
    read: tablesOf(closed, (serve) => ({ serve })),
  }
}

function whichWrites({ tables }: Proposal): Question | undefined {
  const stored = tables.filter(
    ({ rows, table }) =>
      rows !== undefined && rows !== 'all' && (table.kind === 'table' || table.kind === 'partitioned table'),
  )
  if (stored.length === 0) return undefined
  const run = stored.filter(({ table }) => table.triggers.some(({ definer }) => !definer))
  return {
    lines: [
      'Agents would only read. They can write to tables that you name here: new rows, and changes to those they see.',
      ...(run.length > 0
        ? [`Triggers that would run as the agent: on ${listed(run.map(({ name }) => name))}.`]
        : []),
    ],
    ask: 'Writes to',
    proposal: 'none',
    read: tablesOf(stored, (writes) => ({ writes })),
  }
}

function tablesOf(
  tables: readonly ProposedTable[],
  choice: (names: string[]) => Choices,
): (answer: string) => Choices | string {
  return (answer) => {
    if (answer === 'none') return choice([])
    const named = words(answer)
    const strange = named.find((each) => !tables.some(({ name }) => name === each))
    return strange === undefined
      ? choice(named)
      : `"${strange}" is none of these tables: ${listed(tables.map(({ name }) => name))}.`
  }
}

/** Separated by spaces or commas; a name with a space stands in quotes. */
function words(answer: string): string[] {
  return Array.from(answer.matchAll(/"([^"]*)"|[^\s,]+/g), ([whole, quoted]) => quoted ?? whole)
}

function hasColumn({ columns }: ProposedTable['table'], column: string): boolean {
  return columns.some(({ name }) => name === column)
}

export function shownAsText(shown: ProposedTable['columns'][number]['shown']): string {
  return typeof shown === 'string' ? shown : `only with ${shown.scope}`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
