/**
 * `notifications/cancelled` (2025-11-25, basic/utilities/cancellation): aborts the call that it names.
 * Without sessions it reaches a call only in the same isolate; a client that closes its request is noticed
 * everywhere.
 */

import type { Caller } from '../infra/caller.ts'

type RequestId = string | number

export interface Cancellations {
  /** Runs `cancel` when the caller cancels this request. Returns the function that stops listening. */
  listen(caller: Caller, id: RequestId, cancel: () => void): () => void
  /** Cancels the caller's running request of this id, where there is exactly one. */
  cancel(caller: Caller, id: RequestId): void
}

/** Made once per isolate. */
export function createCancellations(): Cancellations {
  const running = new Map<string, Set<() => void>>()
  return {
    listen(caller, id, cancel) {
      const key = keyOf(caller, id)
      const calls = running.get(key) ?? new Set()
      running.set(key, calls)
      // A promise's continuation runs in the request that made it; workerd lets no request abort another's
      // `fetch()`.
      const { promise, resolve } = Promise.withResolvers<void>()
      void promise.then(cancel)
      calls.add(resolve)
      return () => {
        calls.delete(resolve)
        if (calls.size === 0 && running.get(key) === calls) running.delete(key)
      }
    },
    cancel(caller, id) {
      const [only, ...more] = running.get(keyOf(caller, id)) ?? []
      // Each client counts its own ids: with two calls of one id it is unknown which is meant.
      if (more.length === 0) only?.()
    },
  }
}

function keyOf({ tenantId, userId, clientId }: Caller, id: RequestId): string {
  return JSON.stringify([tenantId, userId, clientId, id])
}

/** The ids that a body's notifications cancel. */
export function cancelledIn(body: unknown): RequestId[] {
  const messages: unknown[] = Array.isArray(body) ? body : [body]
  return messages.flatMap((message) => {
    if (member(message, 'method') !== 'notifications/cancelled') return []
    const id = member(member(message, 'params'), 'requestId')
    return typeof id === 'string' || typeof id === 'number' ? [id] : []
  })
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
