/**
 * From a database's catalogue to a proposal for its part of `rowgate.yaml`. It is closed: what is not
 * evidently somebody's stays out, what looks private is masked or left out, and nothing can be written. Pure:
 * what was asked and answered comes in as `choices`.
 */

import type { Catalogue, CatalogueTable } from '../catalogue.ts'
import { fileNames } from './names.ts'
import { shownAs } from './privacy.ts'
import type { Choices, Proposal, ProposedColumn, ProposedTable, Writes } from './proposal.ts'
import { ownRefusal } from './refusals.ts'
import { decideRows, type RowsDecision } from './rows.ts'
import type { Shapes } from './samples.ts'
import { type TenantProposal, tenantColumns, tenantNamed } from './tenant.ts'
import { asOf, type UserProposal, userTables } from './user.ts'
import { proposeWrites } from './writes.ts'

export interface Subject {
  /** The source's name. */
  readonly source: string
  readonly catalogue: Catalogue
  readonly shapes: Shapes
}

export function propose({ source, catalogue, shapes }: Subject, choices: Choices = {}): Proposal {
  const tables = catalogue.tables.filter((table) => isSpellable(table))
  const names = fileNames(tables)
  const nameOf = (table: CatalogueTable) => names.get(table) ?? table.name
  const tenants = tenantColumns(tables)
  const tenant = chosenTenant(tables, tenants, choices)
  const users = userTables(tables)
  const user = chosenUser({ tables, users, nameOf, tenant, asked: choices.user })
  const columnsOf = new Map(
    tables.map((table) => [table, columnsFor(table, { nameOf, shapes, user, choices })]),
  )
  const hidden = (table: CatalogueTable) =>
    (columnsOf.get(table) ?? []).filter(({ shown }) => shown !== 'show').map(({ name }) => name)
  const refusals = new Map(
    tables.flatMap((table) => {
      const refusal = ownRefusal(table, { tables, hidden, serve: choices.serve ?? [], name: nameOf(table) })
      return refusal === undefined ? [] : [[table, refusal] as const]
    }),
  )
  const open = tables.filter((table) => !refusals.has(table))
  const decide = decideRows({ source, tables: open, tenant, user, nameOf, choices })
  const proposed = tables.map((table): ProposedTable => {
    const refusal = refusals.get(table)
    const decision: RowsDecision =
      refusal === undefined
        ? decide(table)
        : { rows: undefined, why: refusal.why, ways: [], scope: undefined, mayServe: refusal.mayServe }
    const columns = columnsOf.get(table) ?? []
    const writes =
      decision.rows !== undefined && (choices.writes ?? []).includes(nameOf(table))
        ? proposeWrites(table, { rows: decision.rows, columns, tenant, user })
        : undefined
    return { name: nameOf(table), table, columns, writes, accept: accepted(table, writes), ...decision }
  })
  return { tenant, tenants, user, users, tables: proposed }
}

function chosenTenant(
  tables: readonly CatalogueTable[],
  tenants: readonly TenantProposal[],
  { tenant: asked, claim }: Choices,
): TenantProposal | undefined {
  if (asked === 'none') return undefined
  const found = asked === undefined ? tenants[0] : tenantNamed(tables, asked)
  return found && { ...found, claim: claim ?? found.claim }
}

interface UserChoice {
  readonly tables: readonly CatalogueTable[]
  readonly users: readonly UserProposal[]
  readonly nameOf: (table: CatalogueTable) => string
  readonly tenant: TenantProposal | undefined
  readonly asked: string | undefined
}

/**
 * An e-mail address is no sure sign of who calls: it is proposed only where nothing else says whose a row is.
 */
function chosenUser({ tables, users, nameOf, tenant, asked }: UserChoice): UserProposal | undefined {
  if (asked === 'none') return undefined
  if (asked === undefined) return users.find(({ sure }) => sure || tenant === undefined)
  const table = tables.find((each) => asked.startsWith(`${nameOf(each)}.`))
  const column = asked.slice((table ? nameOf(table) : '').length + 1)
  const [key] = table?.key ?? []
  if (table === undefined || key === undefined || !table.columns.some(({ name }) => name === column)) {
    return undefined
  }
  return { table, column, key, as: asOf(table, key), sure: true }
}

interface ColumnRules {
  readonly nameOf: (table: CatalogueTable) => string
  readonly shapes: Shapes
  readonly user: UserProposal | undefined
  readonly choices: Choices
}

function columnsFor(table: CatalogueTable, { nameOf, shapes, user, choices }: ColumnRules): ProposedColumn[] {
  return table.columns.filter(isSpellable).map((column) => {
    const judged =
      user?.table === table && user.column === column.name && user.sure
        ? { shown: 'hide' as const, why: 'it names a person at the login provider' }
        : shownAs(column, shapes.get(`${table.schema}.${table.name}.${column.name}`))
    const opened = (choices.show ?? []).includes(`${nameOf(table)}.${column.name}`)
    return { name: column.name, proposed: judged.shown, ...(opened ? { shown: 'show' } : judged) }
  })
}

function accepted(table: CatalogueTable, writes: Writes | undefined): ('triggers' | 'row security')[] {
  const events = writes === undefined ? [] : ['insert', 'update']
  const runs = table.triggers.some(
    ({ definer, events: on }) => !definer && on.some((event) => events.includes(event)),
  )
  const secured = table.rowSecurity.enabled || table.policies.length > 0
  return [...(runs ? (['triggers'] as const) : []), ...(secured ? (['row security'] as const) : [])]
}

/** A name that the file's format cannot hold: with a quote or a control character. */
function isSpellable({ name }: { readonly name: string }): boolean {
  return /^[^\p{Cc}"]{1,63}$/u.test(name)
}
