/**
 * Lazy loading: a driver loads at its first use, so that start-up, and calls without a database, do not wait
 * for it.
 */

import type { Table } from 'drizzle-orm'
import type { Caller } from '../infra/caller.ts'
import type { CallScope, Open } from './call-scope.ts'
import type { OwnedDatabase } from './owned-rows.ts'

/** Loads at the first use, and again after a failure. */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  // The value, not its promise: workerd ties a promise to the request that made it.
  let loaded: { readonly value: T } | undefined
  return async () => {
    loaded ??= { value: await load() }
    return loaded.value
  }
}

/** One call's connector, made at its first use: all of the call's statements share its deadline. */
export function lazyConnector<C>(
  load: () => Promise<Open<C>>,
  caller: Caller,
  call: CallScope,
): () => Promise<C> {
  let connector: C | undefined
  return async () => {
    const open = await load()
    connector ??= open(caller, call)
    return connector
  }
}

/** An engine without row security whose connector loads at the first use. */
export function lazyOwnedDatabase<T extends Table>(
  load: () => Promise<Open<OwnedDatabase<T>>>,
): Open<OwnedDatabase<T>> {
  const loaded = lazy(load)
  return (caller, call) => {
    const connector = lazyConnector(loaded, caller, call)
    return {
      read: async (build) => (await connector()).read(build),
      write: async (build) => (await connector()).write(build),
    }
  }
}
