/** One caller's limits: the rate limit (calls a minute by class) and the concurrency limit (calls at a time). */

import type { Caller } from '../caller.ts'

/** The Workers rate-limit binding. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

export interface RateLimitOptions {
  /** Workers rate-limit bindings; a class without one is not limited. */
  readonly read: RateLimiter | undefined
  readonly write: RateLimiter | undefined
  /** Calls that one caller may have running in one isolate. */
  readonly maxConcurrent: number
  /** How long any call can take, in milliseconds: a call that the platform ended never releases its slot. */
  readonly leaseMs: number
}

/** One running call of a caller. */
export interface Slot {
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

export interface RateLimits {
  /** Counts these calls, and tells whether all of them are within the caller's rate. */
  consume(
    caller: Caller,
    calls: { readonly read: number; readonly write: number },
  ): boolean | Promise<boolean>
  /** A slot for one call, or undefined where all are taken. `now` in milliseconds since the epoch. */
  acquire(caller: Caller, now: number): Slot | undefined
  release(slot: Slot): void
}

/** The period of the bindings in wrangler.toml, in seconds: how long a caller who is over the rate is asked to wait. */
export const RATE_PERIOD_S = 60

/** Up to this many idle callers keep their empty list: allocating one per call costs more than the check itself. */
const IDLE_CALLERS_MAX = 1_000

export function createRateLimits({ read, write, maxConcurrent, leaseMs }: RateLimitOptions): RateLimits {
  const running = new Map<string, Slot[]>()

  async function isWithin(limiter: RateLimiter | undefined, key: string, calls: number): Promise<boolean> {
    if (limiter === undefined) return true
    for (let call = 0; call < calls; call += 1) {
      if (!(await limiter.limit({ key })).success) return false
    }
    return true
  }

  async function consumeAll(key: string, calls: { read: number; write: number }): Promise<boolean> {
    return (await isWithin(read, key, calls.read)) && (await isWithin(write, key, calls.write))
  }

  return {
    consume(caller, calls) {
      return (read === undefined && write === undefined) || consumeAll(keyOf(caller), calls)
    },
    acquire(caller, now) {
      const key = keyOf(caller)
      const known = running.get(key) ?? []
      const slots = known.length < maxConcurrent ? known : known.filter(({ until }) => until >= now)
      if (slots.length >= maxConcurrent) return undefined
      const slot = { key, until: now + leaseMs }
      slots.push(slot)
      running.set(key, slots)
      return slot
    },
    release(slot) {
      const slots = running.get(slot.key) ?? []
      const at = slots.indexOf(slot)
      if (at >= 0) slots.splice(at, 1)
      if (slots.length === 0 && running.size > IDLE_CALLERS_MAX) running.delete(slot.key)
    },
  }
}

/** Neither part may hold a control character, so a tenant and a user cannot be joined into another pair's key. */
function keyOf(caller: Caller): string {
  return `${caller.tenantId}\n${caller.userId}`
}
