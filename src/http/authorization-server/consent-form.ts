/** Reads the form of the consent page. Without I/O. */

import { isIdentifier } from '../auth/claims.ts'

/** The fields of the form, by name. */
export const FIELDS = {
  request: 'request',
  csrf: 'csrf',
  user: 'user',
  otherUser: 'other_user',
  tenant: 'tenant',
  scope: 'scope',
  readOnly: 'read_only',
  decision: 'decision',
} as const

/** The user field's value for a name that is typed. */
export const OTHER_USER = ''

export interface Choice {
  readonly user: string
  readonly tenant: string
  readonly scopes: readonly string[]
}

export type FormVerdict =
  | { readonly kind: 'allowed'; readonly choice: Choice }
  | { readonly kind: 'denied' }
  /** A sentence for the person who filled in the form. */
  | { readonly kind: 'incomplete'; readonly reason: string }

export interface Offered {
  /** The scopes that may be ticked. */
  readonly scopes: readonly string[]
  readonly readingScopes: readonly string[]
  readonly defaultTenant: string
}

/** Whatever is no clear yes is a no. */
export function judgeForm(form: URLSearchParams, offered: Offered): FormVerdict {
  if (form.get(FIELDS.decision) !== 'allow') return { kind: 'denied' }
  const user = userOf(form)
  if ('reason' in user) return { kind: 'incomplete', reason: user.reason }
  const tenant = form.get(FIELDS.tenant)?.trim() || offered.defaultTenant
  if (!isIdentifier(tenant))
    return { kind: 'incomplete', reason: 'The tenant is too long, or holds a strange character.' }
  const ticked = form.getAll(FIELDS.scope)
  const readOnly = form.get(FIELDS.readOnly) === 'on'
  const allowed = readOnly ? offered.readingScopes : offered.scopes
  const scopes = offered.scopes.filter((scope) => ticked.includes(scope) && allowed.includes(scope))
  if (scopes.length === 0) {
    return { kind: 'incomplete', reason: 'Nothing is allowed yet: tick at least one scope, or deny.' }
  }
  return { kind: 'allowed', choice: { user: user.name, tenant, scopes } }
}

function userOf(form: URLSearchParams): { readonly name: string } | { readonly reason: string } {
  const chosen = form.get(FIELDS.user) ?? OTHER_USER
  const typed = form.get(FIELDS.otherUser)?.trim() ?? ''
  if (chosen !== OTHER_USER && typed !== '') {
    return {
      reason: `Choose between ${chosen} and the name that is written below: clear it, or choose "Another name".`,
    }
  }
  const name = chosen === OTHER_USER ? typed : chosen
  if (name === '') return { reason: 'Choose who to be: the name is empty.' }
  return isIdentifier(name) ? { name } : { reason: 'The name is too long, or holds a strange character.' }
}
