/** The caller as a source knows it: of the tenant, and with the claims, that its lock names. */

import type { Caller } from '../../infra/caller.ts'
import type { SourceLock, TenantType } from '../../infra/config/lock-file.ts'
import { RowgateError } from '../../infra/errors.ts'

/** In UTF-16 units; `rowgate.open_seal` takes no longer tenant. */
const MAX_LENGTH = 255

/** The tenant as Postgres reads it, or undefined where the claim is not of the type. */
const TENANTS: Readonly<Record<TenantType, (claim: unknown) => string | undefined>> = {
  uuid: (claim) =>
    typeof claim === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(claim)
      ? claim.toLowerCase()
      : undefined,
  integer: (claim) => integer(claim, 2n ** 31n),
  bigint: (claim) => integer(claim, 2n ** 63n),
  text: (claim) => {
    const text = typeof claim === 'number' && Number.isSafeInteger(claim) ? String(claim) : claim
    if (typeof text !== 'string' || text.length > MAX_LENGTH || text.trim() === '') return undefined
    return text.isWellFormed() && !/\p{Cc}/u.test(text) ? text : undefined
  },
}

/** JSON's numbers are exact up to 2^53; beyond that a claim is written as text. */
function integer(claim: unknown, end: bigint): string | undefined {
  const isNumber = typeof claim === 'number' && Number.isSafeInteger(claim)
  if (!isNumber && !(typeof claim === 'string' && /^-?\d{1,19}$/.test(claim))) return undefined
  const value = BigInt(claim)
  return value >= -end && value < end ? String(value) : undefined
}

/**
 * The same object each time for one `Caller`. It throws AUTHORIZATION_ERROR for a tenant's claim that is
 * missing or wrong; what needs another claim is refused by Postgres.
 */
export function createSourceCaller(
  source: string,
  { tenant, claims }: SourceLock,
): (caller: Caller) => Caller {
  if (tenant === undefined && claims.length === 0) return (caller) => caller
  const known = new WeakMap<Caller, Caller>()

  function refusal(given: (name: string) => unknown): RowgateError {
    const claim = tenant?.claim ?? ''
    const got = given(claim) === undefined ? 'has none' : 'has another value'
    const message = `The source \`${source}\` needs the claim \`${claim}\` of your token, which must be of the type ${tenant?.type}; yours ${got}. Sign in with an account that has it, or ask the operator.`
    return new RowgateError('AUTHORIZATION_ERROR', message)
  }

  function make(caller: Caller): Caller {
    const given = (name: string): unknown => caller.claims?.[name] ?? undefined
    const tenantId = tenant === undefined ? caller.tenantId : TENANTS[tenant.type](given(tenant.claim))
    if (tenantId === undefined) throw refusal(given)
    // Postgres refuses what needs one that is missing here (RG008).
    const sealed = claims.flatMap((name) => {
      const text = textOf(given(name))
      return text === undefined ? [] : [[name, text] as const]
    })
    return Object.freeze({
      ...caller,
      tenantId,
      ...(claims.length > 0 && { sealedClaims: Object.fromEntries(sealed) }),
    })
  }

  return (caller) => {
    const same = known.get(caller)
    if (same !== undefined) return same
    const made = make(caller)
    known.set(caller, made)
    return made
  }
}

function textOf(claim: unknown): string | undefined {
  if (typeof claim === 'string') return claim.isWellFormed() && !claim.includes('\0') ? claim : undefined
  return typeof claim === 'boolean' || Number.isFinite(claim) ? String(claim) : undefined
}
