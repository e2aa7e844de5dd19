/** A plan in words. */

import { measuredLines } from './measure.ts'
import type { SourcePlan } from './source-plan.ts'
import type { Finding } from './views/findings.ts'
import { isWhole } from './views/masks.ts'
import type { Served } from './views/statements.ts'
import { isWritable } from './views/writes.ts'

export function planText(plan: SourcePlan): string {
  const { source, catalogue, views, migration } = plan
  const { files, login, makesLogin } = migration
  return [
    `Source ${source.name}, database ${catalogue.database}:`,
    '',
    ...(files.length > 0 ? [`  core       ${files.length} files of drizzle/ in the schema rowgate`] : []),
    `  login      ${login}${makesLogin ? ' (new): the Worker logs in as it' : ''}`,
    `  reader     ${views.reader}${plan.state.reader === null ? ' (new)' : ''}: no login, owns the views`,
    `  views      ${views.tables.length} in the schema ${views.viewSchema}${plan.isMade ? ', as they are' : ''}`,
    ...(views.lock.tools.length > 0
      ? [`  SQL tools  ${views.lock.tools.map(({ name }) => name).join(', ')}`]
      : []),
    '',
    ...views.tables.flatMap(tableLines),
    ...measuredText(plan),
    ...toolsText(plan),
    ...changes(plan),
    ...findingLines('Refused', views.refusals),
    ...findingLines('Warnings', warningsOf(plan)),
  ].join('\n')
}

function tableLines({ served, rule, write }: Served): string[] {
  const { table, view, columns, leftOut, file } = served
  const masked = columns.filter((each) => !isWhole(each))
  const shownAs = masked.map(
    ({ column, shown }) => `${column.name} ${typeof shown === 'string' ? shown : `with ${shown.scope}`}`,
  )
  return [
    `  ${view}  (${table.schema}.${table.name}, ${table.kind}${served.enforce === 'policies' ? ', by policies' : ''})`,
    `    rows     ${rule.sentence}${file.scope === undefined ? '' : ` With the scope ${file.scope}.`}`,
    `    shown    ${
      columns
        .filter(isWhole)
        .map(({ column }) => column.name)
        .join(', ') || 'none'
    }`,
    ...(shownAs.length > 0 ? [`    masked   ${shownAs.join(', ')}`] : []),
    ...(leftOut.length > 0 ? [`    left out ${leftOut.join(', ')}`] : []),
    ...(isWritable(write) ? [`    writes   ${writesText({ write })}`] : []),
    '',
  ]
}

function writesText({ write }: Pick<Served, 'write'>): string {
  const { allow, insert, update, set } = write
  return [
    ...(allow.includes('insert') ? [`insert (${insert.join(', ')})`] : []),
    ...(allow.includes('update') ? [`update (${update.join(', ')})`] : []),
    ...(allow.includes('delete') ? ['delete'] : []),
    ...(set.size > 0
      ? [`set ${Array.from(set, ([name, { value }]) => `${name}: ${value}`).join(', ')}`]
      : []),
  ].join('; ')
}

/** Changes for the application. */
function changes({ views, state }: SourcePlan): string[] {
  const secured = views.tables.filter(({ served }) => served.enforce === 'policies')
  const names = secured.map(({ served }) => `${served.table.schema}.${served.table.name}`)
  const accepted = views.tables.filter(
    ({ served }) =>
      served.file.accept?.includes('row security') === true &&
      served.table.rowSecurity.enabled &&
      !state.secured.some(({ schema, name }) => schema === served.table.schema && name === served.table.name),
  )
  return [
    'Of your tables nothing changes but grants to the reader.',
    ...(names.length > 0
      ? [
          `Row security is enabled, and not forced, on ${names.join(', ')}: its owner, superusers and every other role see what they saw, but \`pg_dump\` by a role that neither owns them nor bypasses row security fails.`,
        ]
      : []),
    ...(accepted.length > 0
      ? [
          `The reader gets a policy on ${accepted.map(({ served }) => `${served.table.schema}.${served.table.name}`).join(', ')}.`,
        ]
      : []),
    '',
  ]
}

function measuredText({ measured }: SourcePlan): string[] {
  if (measured === undefined) return []
  return [...measuredLines(measured).map((line) => `  ${line}`), '']
}

/** Tokens that a model reads on every turn. */
function toolsText({ tools }: SourcePlan): string[] {
  if (tools === undefined) return []
  const total = tools.reduce((sum, { tokens }) => sum + tokens, 0)
  const each = tools.map(({ name, tokens }) => `${name} ${tokens}`).join(', ')
  return [`  tools, which cost a model ${total} tokens a turn: ${each}`, '']
}

function warningsOf({ views, measured }: SourcePlan): readonly Finding[] {
  return [...views.warnings, ...(measured?.warnings ?? [])]
}

export function findingLines(heading: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return []
  return [
    `${heading}:`,
    ...findings.flatMap(({ table, said, write, run }) => [
      `  - ${table === undefined ? '' : `${table}: `}${said}`,
      ...(write === undefined ? [] : [`      in rowgate.yaml: ${write}`]),
      ...(run === undefined ? [] : [`      in the database: ${run}`]),
    ]),
    '',
  ]
}

/** For `--json`. */
export function planJson(plan: SourcePlan): unknown {
  const { source, catalogue, views, migration } = plan
  return {
    source: source.name,
    database: catalogue.database,
    login: migration.login,
    reader: views.reader,
    viewSchema: views.viewSchema,
    isMade: plan.isMade,
    tables: views.tables.map(({ served, rule, write }) => ({
      view: served.view,
      table: `${served.table.schema}.${served.table.name}`,
      kind: served.table.kind,
      enforce: served.enforce,
      rows: rule.sentence,
      shown: served.columns.filter(isWhole).map(({ column }) => column.name),
      masked: Object.fromEntries(
        served.columns.filter((each) => !isWhole(each)).map(({ column, shown }) => [column.name, shown]),
      ),
      leftOut: served.leftOut,
      allow: write.allow,
    })),
    refusals: views.refusals,
    warnings: warningsOf(plan),
    ...(plan.measured === undefined ? {} : { callers: plan.measured.callers, measured: plan.measured.rows }),
    ...(plan.tools === undefined ? {} : { tools: plan.tools }),
    statements: views.statements,
  }
}
