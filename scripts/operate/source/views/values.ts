/** The identity's values in SQL: the sealed ones in a view, or literals where `plan` measures. */

import type { TenantType } from '../../../../src/infra/config/lock-file.ts'
import { identifier, literal } from '../../../local/postgres/literal.ts'
import type { CatalogueColumn } from '../catalogue.ts'

/** Each gives an expression of the type text, except `lookup`, whose type is its column's. */
export interface Values {
  tenant(): string
  user(): string
  claim(name: string): string
  lookup(name: string): string
  /** A truth value. */
  scope(name: string): string
}

export function sealedValues(viewSchema: string): Values {
  return {
    tenant: () => 'rowgate.tenant_id()',
    user: () => 'rowgate.user_id()',
    claim: (name) => `rowgate.claim(${literal(name)})`,
    lookup: (name) => `${identifier(viewSchema)}.${identifier(name)}()`,
    scope: (name) => `rowgate.has_scope(${literal(name)})`,
  }
}

/** Types that are compared with each other and with a claim. */
export type Family = 'text' | 'uuid' | 'integer'

const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/^(text|character varying|character|name)(\(\d+\))?$/, 'text'],
  [/^uuid$/, 'uuid'],
  [/^(smallint|integer|bigint)$/, 'integer'],
]

/** Undefined for a type that no claim can be compared with. */
export function familyOf({ baseType, isArray }: CatalogueColumn): Family | undefined {
  if (isArray) return undefined
  return FAMILIES.find(([pattern]) => pattern.test(baseType))?.[1]
}

export function tenantFamily(type: TenantType): Family {
  return type === 'bigint' ? 'integer' : type
}

/** Worked out once a statement. The Worker has checked that the claim has this type. */
export function tenantValue(type: TenantType, values: Values): string {
  return `(select ${type === 'text' ? values.tenant() : `${values.tenant()}::${type}`})`
}

/** No error for a claim that is not written as this type, but NULL, which equals nothing. */
export function claimValue(family: Family, text: string): string {
  if (family === 'text') return `(select ${text})`
  const [pattern, type] = FORMS[family]
  return `(select case when c.v ~ '${pattern}' then c.v::${type} end from (select ${text}) as c (v))`
}

const FORMS: Readonly<Record<'uuid' | 'integer', readonly [pattern: string, type: string]>> = {
  uuid: ['^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$', 'uuid'],
  integer: ['^-?[0-9]{1,18}$', 'bigint'],
}
