/**
 * Finds the table that knows the people who call: the one with the token's subject, or with an e-mail
 * address.
 */

import type { CatalogueColumn, CatalogueTable } from '../catalogue.ts'
import { singular, snake } from './names.ts'

export interface UserProposal {
  readonly table: CatalogueTable
  /** The column that holds the token's subject. */
  readonly column: string
  /** The table's key, by which other tables know the user. */
  readonly key: string
  /** `member_id`. */
  readonly as: string
  /** Whether the column is for a subject, and not merely an e-mail address. */
  readonly sure: boolean
}

const PEOPLE = /(^|_)(user|member|employee|staff|person|people|profile|agent|operator|teammate|login)$/
const SUBJECT =
  /^(external_)?(sub|subject)$|^(oidc|oauth|auth|auth0|idp|sso|clerk|firebase|cognito|keycloak|okta|entra|external|provider)_?(user_)?(sub|subject|id|uid)$/
/** Names that a subject has in any table; others have them only in a table of people. */
const SURE_SUBJECT =
  /^((external|oidc|oauth|auth|idp|sso|cognito|keycloak|okta)_)?sub$|^(auth0|clerk|firebase|cognito|keycloak|okta|entra)_(user_)?(sub|id|uid)$/
const EMAIL = /^(e_mail|email|email_address|mail)$/
const TEXT = /^(text|character varying|character|citext|uuid)\b/

/** Candidates, best first. */
export function userTables(tables: readonly CatalogueTable[]): UserProposal[] {
  const people = tables.filter(
    ({ name, kind, key, columns }) =>
      kind === 'table' &&
      key.length === 1 &&
      (PEOPLE.test(snake(name).split('_').map(singular).join('_')) ||
        columns.some((column) => SURE_SUBJECT.test(snake(column.name)))),
  )
  const found = people.flatMap((table) => proposalFor(table) ?? [])
  return found.toSorted(
    (a, b) => Number(b.sure) - Number(a.sure) || pointers(tables, b) - pointers(tables, a),
  )
}

function proposalFor(table: CatalogueTable): UserProposal | undefined {
  const [key] = table.key
  const subject = table.columns.find((column) => usable(column) && SUBJECT.test(snake(column.name)))
  const email = table.columns.find((column) => usable(column) && EMAIL.test(snake(column.name)))
  const column = subject ?? email
  if (key === undefined || column === undefined) return undefined
  return { table, column: column.name, key, as: asOf(table, key), sure: subject !== undefined }
}

/** `employee_id` is the key's own name; a key named `id` takes the table's: `member_id`. */
export function asOf(table: CatalogueTable, key: string): string {
  const own = snake(key)
  const name = own === 'id' || own === 'uuid' ? `${singular(snake(table.name))}_id` : own
  return name.replace(/^[^a-z]+/, '').slice(0, 32) || 'user_id'
}

function usable({ baseType, isArray, typeKind }: CatalogueColumn): boolean {
  return TEXT.test(baseType) && !isArray && (typeKind === 'base' || typeKind === 'domain')
}

/** Count of the foreign keys that lead to its key. */
function pointers(tables: readonly CatalogueTable[], { table, key }: UserProposal): number {
  return tables.flatMap(({ foreignKeys }) =>
    foreignKeys.filter(
      (each) => each.table === table.name && each.schema === table.schema && each.to[0] === key,
    ),
  ).length
}
