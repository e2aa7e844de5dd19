/**
 * Row security on the application's tables, enabled and not forced: the owner is not bound by it, every other
 * role keeps what it had, and the reader sees the caller's rows.
 *
 * The reader's policy is restrictive. A policy of the application for PUBLIC is for the reader as well, and
 * permissive ones add up: no such policy can widen what a restrictive one leaves.
 */

import { identifier } from '../../../local/postgres/literal.ts'
import type { CatalogueTable } from '../catalogue.ts'
import { quoted } from './names.ts'
import { isSecured, OTHERS_POLICY, type ViewsState } from './state.ts'
import { conditionsOf, type Served } from './statements.ts'

/** Takes row security from tables that an earlier `up` secured and this one does not. */
export function unsecure(state: Pick<ViewsState, 'secured'>, kept: readonly CatalogueTable[]): string[] {
  return state.secured
    .filter(({ schema, name }) => !kept.some((table) => table.schema === schema && table.name === name))
    .flatMap((table) => [
      `drop policy ${OTHERS_POLICY} on ${quoted(table)}`,
      // Policies that the application made since need it.
      ...(table.isShared ? [] : [`alter table ${quoted(table)} disable row level security`]),
    ])
}

export function createPolicies(each: Served, reader: string, state: ViewsState): string[] {
  const { served } = each
  const { table, enforce } = served
  const on = `on ${quoted(table)}`
  const to = identifier(reader)
  const isOurs = isSecured(state, table)
  const own = table.rowSecurity.enabled && !isOurs
  const conditions = conditionsOf(each).join(' and ')
  return [
    ...(enforce === 'policies' && !own && !isOurs
      ? [
          `create policy ${OTHERS_POLICY} ${on} for all to public using (true) with check (true)`,
          `alter table ${quoted(table)} enable row level security`,
        ]
      : []),
    // The application's own row security: the reader sees no row without a policy.
    ...(own ? [`create policy rowgate_reader ${on} for all to ${to} using (true) with check (true)`] : []),
    ...(enforce === 'policies' && conditions !== ''
      ? [
          `create policy rowgate_rows ${on} as restrictive for all to ${to} using (${conditions}) with check (${conditions})`,
        ]
      : []),
  ]
}
