/**
 * Limits per caller: the rate (calls a minute, reads and writes apart) and the concurrency (calls at a time).
 */

import type { Caller } from '../caller.ts'

/** The Workers rate-limit binding. */
export interface RateLimiter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

export interface RateLimitOptions {
  /** A class without a binding is not limited. */
  readonly read: RateLimiter | undefined
  readonly write: RateLimiter | undefined
  /** Concurrent calls of one caller in one isolate. */
  readonly maxConcurrent: number
  /**
   * Longest duration of a call, in milliseconds. Expires the slots of calls that the platform ended, which
   * never release them.
   */
  readonly leaseMs: number
}

/** A running call. */
export interface Slot {
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

export interface RateLimits {
  /** Counts the calls; false if any of them is over the caller's rate. */
  consume(
    caller: Caller,
    calls: { readonly read: number; readonly write: number },
  ): boolean | Promise<boolean>
  /** A slot for one call; undefined if all are taken. `now` in milliseconds since the epoch. */
  acquire(caller: Caller, now: number): Slot | undefined
  release(slot: Slot): void
}

/** Period of the rate-limit bindings in wrangler.toml, in seconds; sent as Retry-After. */
export const RATE_PERIOD_S = 60

/**
 * Up to this many idle callers keep their empty list, to avoid allocating one per call. perf: see
 * docs/performance.md
 */
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

/** Unambiguous: neither part can contain a control character such as the separator. */
function keyOf(caller: Caller): string {
  return `${caller.tenantId}\n${caller.userId}`
}
