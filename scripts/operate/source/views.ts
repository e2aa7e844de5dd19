/**
 * Plans the views of a source, the reader that owns them, and what may be done with them. A pure function of
 * the file, the catalogue and what there is; `up` runs its statements in one transaction, `plan` shows it.
 */

import { createHash } from 'node:crypto'
import type { SourceLock, SqlToolLock } from '../../../src/infra/config/lock-file.ts'
import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'
import { identifier, literal } from '../../local/postgres/literal.ts'
import type { Catalogue } from './catalogue.ts'
import { type Finding, Findings } from './views/findings.ts'
import { judgeSource, judgeTable } from './views/judge.ts'
import { claimsOf, tableLock } from './views/lock.ts'
import { type Lookup, lookupOf } from './views/lookup.ts'
import { DEFAULT_VIEW_SCHEMA, readerName } from './views/names.ts'
import { createPolicies, unsecure } from './views/policies.ts'
import { freshReader, leaveReader, readerGrants, type TableGrant } from './views/reader.ts'
import { type RowWork, rowRule } from './views/rows.ts'
import { markText, readMark, type ViewsState } from './views/state.ts'
import { ALIAS, conditionsOf, createView, loginGrants, type Served } from './views/statements.ts'
import { type DefaultShown, servedTables } from './views/tables.ts'
import { sealedValues } from './views/values.ts'
import { writePrivileges, writeRule } from './views/writes.ts'

export interface ViewsRequest {
  readonly file: SourceFile
  readonly catalogue: Catalogue
  readonly state: ViewsState
  /** The Worker's login. */
  readonly login: string
  /** The result of the last `up`. */
  readonly previous?: SourceLock | undefined
  readonly fileHash: string
  readonly tools: readonly SqlToolLock[]
  readonly defaultShown: DefaultShown
}

export interface ViewsPlan {
  /** For one transaction, after core's migrations. They are not to be run where something is refused. */
  readonly statements: readonly string[]
  readonly lock: SourceLock
  readonly refusals: readonly Finding[]
  readonly warnings: readonly Finding[]
  readonly tables: readonly Served[]
  readonly reader: string
  readonly viewSchema: string
  /** Hash of the statements: where the database has it already, there is nothing to do. */
  readonly hash: string
}

export function viewSchemaOf(file: SourceFile): string {
  return file.view_schema ?? DEFAULT_VIEW_SCHEMA
}

export function schemasOf(file: SourceFile): readonly string[] {
  return file.schemas ?? ['public']
}

export function planViews(request: ViewsRequest): ViewsPlan {
  const { file, catalogue, state, defaultShown } = request
  const [findings, viewSchema] = [new Findings(), viewSchemaOf(file)]
  const reader = readerName(catalogue.database)
  judgeSource({ file, state, reader, viewSchema, user: catalogue.user, findings })
  const served = servedTables({ file, catalogue, findings, defaultShown, knownColumns: known(request) })
  const work: RowWork = { file, catalogue, served, findings, values: sealedValues(viewSchema) }
  const tables = served.map((each) => ({
    served: each,
    rule: rowRule(each, work, each.enforce === 'policies' ? identifier(each.table.name) : ALIAS),
    write: writeRule(each, work),
  }))
  for (const each of tables) judgeTable(each, { ...work, state, defaultShown })
  const making = { request, tables, lookup: lookupOf(viewSchema, work), reader, viewSchema }
  const hash = hashOf(making)
  return {
    statements: statementsOf(making, hash),
    lock: lockOf(request, tables, findings),
    refusals: findings.refusals,
    warnings: findings.warnings,
    ...{ tables, reader, viewSchema, hash },
  }
}

/** Columns that a view has had, for tables whose columns the file does not name. */
function known({ previous }: ViewsRequest): Parameters<typeof servedTables>[0]['knownColumns'] {
  return ({ schema, name }) => {
    const table = previous?.tables.find((each) => each.table === `${schema}.${name}`)
    return table === undefined ? undefined : new Set(table.columns.map((column) => column.name))
  }
}

interface Making {
  readonly request: ViewsRequest
  readonly tables: readonly Served[]
  readonly lookup: Lookup | undefined
  readonly reader: string
  readonly viewSchema: string
}

/**
 * Statements that make the reader and its grants: the same text for the same views, whatever was there
 * before.
 */
function made({ request, tables, lookup, reader, viewSchema }: Making): string[] {
  const { state, login } = request
  const values = sealedValues(viewSchema)
  const [schema, to] = [identifier(viewSchema), identifier(login)]
  const call = lookup === undefined ? undefined : `${schema}.${identifier(lookup.name)}()`
  return [
    `create schema ${schema} authorization ${identifier(reader)}`,
    ...readerGrants(reader, grantsOf(tables, lookup), state),
    `set local role ${identifier(reader)}`,
    ...(lookup === undefined ? [] : [lookup.sql, `revoke all on function ${call} from public`]),
    ...tables.flatMap((each) => createView(viewSchema, each, values)),
    `grant usage on schema ${schema} to ${to}`,
    ...(call === undefined ? [] : [`grant execute on function ${call} to ${to}`]),
    ...tables.flatMap((each) => loginGrants(viewSchema, login, each)),
  ]
}

function statementsOf(making: Making, hash: string): string[] {
  const { request, tables, reader, viewSchema } = making
  const { state, login, catalogue } = request
  const policied = tables.filter(({ served }) => served.enforce === 'policies')
  const sequences = [...new Set(tables.flatMap(({ write }) => write.sequences))].sort()
  const stale = readMark(state)?.sequences.filter((name) => !sequences.includes(name)) ?? []
  return [
    // Names mean Postgres' own objects, or say their schema.
    'set local search_path = pg_catalog, pg_temp',
    ...freshReader(reader, state, catalogue.version),
    ...unsecure(
      state,
      policied.map(({ served }) => served.table),
    ),
    ...made(making),
    `comment on schema ${identifier(viewSchema)} is ${literal(markText({ hash, sequences }))}`,
    'reset role',
    ...stale.map((name) => forgetSequence(name, login)),
    ...sequences.map((name) => `grant usage on sequence ${name} to ${identifier(login)}`),
    ...tables.flatMap((each) => createPolicies(each, reader, state)),
    ...(state.superuser ? [] : [leaveReader(reader)]),
  ]
}

/** It may be gone by now. */
function forgetSequence(name: string, login: string): string {
  const revoke = `revoke usage on sequence ${name} from ${identifier(login)}`
  return `do ${literal(`begin if to_regclass(${literal(name)}) is not null then ${revoke}; end if; end`)}`
}

function hashOf(making: Making): string {
  const policies = making.tables.map((each) => [
    each.served.view,
    each.served.enforce,
    conditionsOf(each),
    each.write.sequences,
  ])
  return createHash('sha256')
    .update(JSON.stringify([made(making), policies]))
    .digest('hex')
}

function grantsOf(tables: readonly Served[], lookup: Lookup | undefined): TableGrant[] {
  const reads = [
    ...(lookup === undefined ? [] : [lookup.reads, ...lookup.alsoReads]),
    ...tables.flatMap(({ rule }) => rule.reads),
  ]
  return [
    ...reads.map((reading) => ({ ...reading, writes: [] })),
    ...tables.map(({ served, write }) => ({
      table: served.table,
      columns: served.columns.map(({ column }) => column.name),
      writes: writePrivileges(write),
    })),
  ]
}

function lockOf(
  { file, catalogue, fileHash, tools }: ViewsRequest,
  tables: readonly Served[],
  findings: Findings,
): SourceLock {
  const { tenant, user } = file.identity ?? {}
  return {
    fileHash,
    database: catalogue.database,
    viewSchema: viewSchemaOf(file),
    ...(tenant === undefined ? {} : { tenant: { claim: tenant.claim, type: tenant.type } }),
    ...(user === undefined ? {} : { user: { name: user.as } }),
    claims: claimsOf(file, tools),
    tables: tables
      .map((each) => tableLock(each, tables, findings))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    tools,
  }
}
