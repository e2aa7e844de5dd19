/** Writes a proposal as a part of `rowgate.yaml`, with comments that say why each line is so. */

import type { Proposal, ProposedColumn, ProposedTable } from './proposal.ts'

const WIDTH = 100

export interface SourceText {
  readonly source: string
  /** The secret that holds the Worker's URL. */
  readonly connect: string
  readonly proposal: Proposal
}

/** A whole file with this source. `toolsets` are those that this version knows. */
export function wholeFile(part: SourceText, toolsets: readonly string[]): string {
  return [
    '# yaml-language-server: $schema=rowgate.schema.json',
    '# What Rowgate serves, written by `rowgate init`: it is yours to change. `npx rowgate plan` shows what it means,',
    '# measured; docs/your-database.md explains each line. Whatever it does not name is closed.',
    'version: 1',
    'sources:',
    ...indented(sourceLines(part), 2),
    `toolsets: [${toolsets.join(', ')}]`,
    '',
  ].join('\n')
}

/** The source's lines alone, from its name on. */
export function sourceLines({ source, connect, proposal }: SourceText): string[] {
  const served = proposal.tables.filter(({ rows }) => rows !== undefined)
  const schemas = [...new Set(served.map(({ table }) => table.schema))].toSorted(publicFirst)
  const closed = proposal.tables.filter(
    ({ rows, table }) => rows === undefined && schemas.includes(table.schema),
  )
  const away = proposal.tables.filter(({ table }) => !schemas.includes(table.schema))
  return [
    `${source}:`,
    '  engine: postgres',
    '  # The secret with which the Worker connects; behind Hyperdrive, the name of its binding.',
    `  connect: ${connect}`,
    '  # `views` changes nothing of your tables; `policies` is faster for large tenants. `plan` measures both.',
    '  enforce: views',
    `  schemas: [${schemas.map(scalar).join(', ')}]`,
    ...indented(identityLines(proposal), 2),
    '  tables:',
    ...served.flatMap((table) => indented(tableLines(table), 4)),
    ...(closed.length > 0 ? ['', '    # Left out:'] : []),
    ...closed.flatMap((table) => [`    ${scalar(table.name)}: deny # ${plain(table.why)}`]),
    ...away.map(
      ({ table, why }) => `    # ${plain(`${table.schema}.${table.name}`)} is left out: ${plain(why)}`,
    ),
    '  new_tables: deny',
    '  new_columns: deny',
  ]
}

/** The order decides which of two tables a bare name means. */
function publicFirst(a: string, b: string): number {
  return Number(b === 'public') - Number(a === 'public')
}

function identityLines({ tenant, user, tables }: Proposal): string[] {
  const nameOf = (table: ProposedTable['table']) =>
    tables.find((each) => each.table === table)?.name ?? table.name
  if (tenant === undefined && user === undefined) return ['# No column says whose a row is.']
  return [
    'identity:',
    ...(tenant === undefined
      ? []
      : [
          `  # ${tenant.tables.length} of ${tables.length} tables have ${plain(tenant.column)}.`,
          `  tenant: { claim: ${scalar(tenant.claim)}, type: ${tenant.type}, column: ${scalar(tenant.column)} }`,
        ]),
    ...(user === undefined
      ? []
      : [
          `  # A caller is the row of ${plain(nameOf(user.table))} whose ${plain(user.column)} is the token's subject.`,
          `  user: { lookup: ${scalar(`${nameOf(user.table)}.${user.column}`)}, as: ${user.as} }`,
        ]),
  ]
}

/** The lines of a table that is served, from its name on. */
export function tableLines({
  name,
  table,
  rows,
  why,
  scope,
  columns,
  accept,
  writes,
}: ProposedTable): string[] {
  return [
    `${scalar(name)}:`,
    ...(rows === undefined ? [] : [`  rows: ${inFlow(rows)} # ${plain(why)}`]),
    ...(scope === undefined ? [] : [`  scope: ${scope}`]),
    ...(writes === undefined
      ? keyless(table.key)
      : [
          `  allow: [${writes.allow.join(', ')}]`,
          ...list('insert', writes.insert),
          ...list('update', writes.update),
          ...(Object.keys(writes.set).length > 0 ? [`  set: ${inFlow(writes.set)}`] : []),
        ]),
    ...(accept.length > 0 ? [`  accept: [${accept.join(', ')}] # ${plain(acceptWhy(table, accept))}`] : []),
    ...columnLines(columns),
  ]
}

function keyless(key: readonly string[]): string[] {
  return key.length > 0 ? [] : ['  allow: [find] # without a key no row can be got by it']
}

function acceptWhy({ triggers }: ProposedTable['table'], accept: readonly string[]): string {
  const names = triggers.filter(({ definer }) => !definer).map(({ name }) => name)
  const said = [
    ...(accept.includes('triggers') ? [`${names.join(', ')} runs as the agent`] : []),
    ...(accept.includes('row security') ? ['the reader gets a policy beside those that are there'] : []),
  ]
  return said.join('; ')
}

/** On lines of their own where one needs a word of explanation. */
function columnLines(columns: readonly ProposedColumn[]): string[] {
  if (columns.every(({ why }) => why === undefined)) {
    return wrapped(
      'columns',
      '{ ',
      ' }',
      columns.map(({ name, shown }) => `${scalar(name)}: ${inFlow(shown)}`),
    )
  }
  return [
    '  columns:',
    ...columns.map(
      ({ name, shown, why }) =>
        `    ${scalar(name)}: ${inFlow(shown)}${why === undefined || shown === 'show' ? '' : ` # ${plain(why)}`}`,
    ),
  ]
}

function list(key: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : wrapped(key, '[', ']', names.map(scalar))
}

function wrapped(key: string, open: string, close: string, items: readonly string[]): string[] {
  const one = `  ${key}: ${open}${items.join(', ')}${close}`
  if (one.length <= WIDTH) return [one]
  const lines: string[] = []
  let line = '     '
  for (const item of items) {
    if (line.length + item.length > WIDTH && line.trim() !== '') {
      lines.push(line)
      line = '     '
    }
    line += ` ${item},`
  }
  return [`  ${key}: ${open.trim()}`, ...lines, line, `    ${close.trim()}`]
}

function inFlow(value: unknown): string {
  if (typeof value === 'string') return scalar(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const pairs = Object.entries(value).map(([key, each]) => `${scalar(key)}: ${inFlow(each)}`)
  return `{ ${pairs.join(', ')} }`
}

/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i

/** Plain where no reader could take it for anything else. */
export function scalar(text: string): string {
  const isPlain = /^[A-Za-z_][\w.]*( (-> )?[\w.]+)*(\([a-z0-9 ]+\))?$/.test(text) && !RESERVED.test(text)
  return isPlain ||
    /^[a-z][\w.]*:[a-z][\w.]*$/.test(text) ||
    (/^[a-z][a-z0-9-]*(:[a-z]+)?$/.test(text) && !RESERVED.test(text))
    ? text
    : JSON.stringify(text)
}

/** In a comment, on one line. */
function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ')
}

export function indented(lines: readonly string[], by: number): string[] {
  return lines.map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`))
}
