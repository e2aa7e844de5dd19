/** What one caller may use: calls a minute by class, and calls at the same time. */

import type { Caller } from './caller.ts'

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
}

export interface Budget {
  /** Counts these calls, and says whether all of them are within the caller's rate. */
  spend(caller: Caller, calls: { readonly read: number; readonly write: number }): boolean | Promise<boolean>
  /** Takes a place for one call, or says that there is none. A place taken is given back by `leave`. */
  enter(caller: Caller): boolean
  leave(caller: Caller): void
}

/** The period of the bindings in wrangler.toml, in seconds: how long a caller who is over the rate is asked to wait. */
export const RATE_PERIOD_S = 60

export function createBudget({ read, write, maxConcurrent }: BudgetOptions): Budget {
  const running = new Map<string, number>()

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
    enter(caller) {
      const key = keyOf(caller)
      const count = running.get(key) ?? 0
      if (count >= maxConcurrent) return false
      running.set(key, count + 1)
      return true
    },
    leave(caller) {
      const key = keyOf(caller)
      const count = running.get(key) ?? 0
      if (count > 1) running.set(key, count - 1)
      else running.delete(key)
    },
  }
}

/** Neither part may hold a control character, so a tenant and a user cannot be joined into another pair's key. */
function keyOf(caller: Caller): string {
  return `${caller.tenantId}\n${caller.userId}`
}
