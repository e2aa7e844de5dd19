/** What one caller may use: calls a minute by class, and calls at the same time. */

import type { Caller } from '../caller.ts'

/** The Workers rate-limit binding. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

export interface BudgetOptions {
  /** Workers rate-limit bindings; a class without one is not limited. */
  readonly read: RateLimiter | undefined
  readonly write: RateLimiter | undefined
  /** Calls that one caller may have running in one isolate. */
  readonly maxConcurrent: number
  /** How long any call can take, in milliseconds: one that the platform ended never gives its place back. */
  readonly leaseMs: number
}

/** One call's, among those that its caller may have running. */
export interface Place {
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

export interface Budget {
  /** Counts these calls, and says whether all of them are within the caller's rate. */
  spend(caller: Caller, calls: { readonly read: number; readonly write: number }): boolean | Promise<boolean>
  /** A place for one call, to be given back by `leave`; undefined where there is none. `now` in milliseconds since the epoch. */
  enter(caller: Caller, now: number): Place | undefined
  leave(place: Place): void
}

/** The period of the bindings in wrangler.toml, in seconds: how long a caller who is over the rate is asked to wait. */
export const RATE_PERIOD_S = 60

/** Callers with nothing running whose lists are kept: to make one for each call, and drop it again, costs more than the rest. */
const IDLE_CALLERS_MAX = 1_000

export function createBudget({ read, write, maxConcurrent, leaseMs }: BudgetOptions): Budget {
  const running = new Map<string, Place[]>()

  async function within(limiter: RateLimiter | undefined, key: string, calls: number): Promise<boolean> {
    if (limiter === undefined) return true
    for (let call = 0; call < calls; call += 1) {
      if (!(await limiter.limit({ key })).success) return false
    }
    return true
  }

  async function spendAll(key: string, calls: { read: number; write: number }): Promise<boolean> {
    return (await within(read, key, calls.read)) && (await within(write, key, calls.write))
  }

  return {
    spend(caller, calls) {
      return (read === undefined && write === undefined) || spendAll(keyOf(caller), calls)
    },
    enter(caller, now) {
      const key = keyOf(caller)
      const known = running.get(key) ?? []
      const places = known.length < maxConcurrent ? known : known.filter(({ until }) => until >= now)
      if (places.length >= maxConcurrent) return undefined
      const place = { key, until: now + leaseMs }
      places.push(place)
      running.set(key, places)
      return place
    },
    leave(place) {
      const places = running.get(place.key) ?? []
      const at = places.indexOf(place)
      if (at >= 0) places.splice(at, 1)
      if (places.length === 0 && running.size > IDLE_CALLERS_MAX) running.delete(place.key)
    },
  }
}

/** Neither part may hold a control character, so a tenant and a user cannot be joined into another pair's key. */
function keyOf(caller: Caller): string {
  return `${caller.tenantId}\n${caller.userId}`
}
