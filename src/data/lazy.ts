/** Loads a driver when a tool first asks for a row: starting up, and calls that need no database, don't wait for it. */

import type { Table } from 'drizzle-orm'
import type { Caller } from '../infra/caller.ts'
import type { CallScope, Open, Postgres } from './connections.ts'
import type { OwnedDatabase } from './owned-rows.ts'

/** `load` is called again after a failure, and never once it has succeeded. */
export function postgresOnFirstUse(load: () => Promise<Open<'postgres'>>): Open<'postgres'> {
  // What was loaded, not the promise of it: workerd ties a promise to the request that made it.
  let open: Open<'postgres'> | undefined
  return (caller, call) => {
    // One a call, so that all of its statements share the call's deadline.
    let connector: Postgres | undefined
    async function opened(): Promise<Postgres> {
      open ??= await load()
      connector ??= open(caller, call)
      return connector
    }
    return {
      read: async (build) => (await opened()).read(build),
      write: async (build, repeatable) => (await opened()).write(build, repeatable),
      sandbox: async (statement) => (await opened()).sandbox(statement),
    }
  }
}

type OpenOwned<T extends Table> = (caller: Caller, call: CallScope) => OwnedDatabase<T>

/** The same for the engines whose rows the connector keeps apart. */
export function ownedOnFirstUse<T extends Table>(load: () => Promise<OpenOwned<T>>): OpenOwned<T> {
  let open: OpenOwned<T> | undefined
  return (caller, call) => {
    let connector: OwnedDatabase<T> | undefined
    async function opened(): Promise<OwnedDatabase<T>> {
      open ??= await load()
      connector ??= open(caller, call)
      return connector
    }
    return {
      read: async (build) => (await opened()).read(build),
      write: async (build) => (await opened()).write(build),
    }
  }
}
