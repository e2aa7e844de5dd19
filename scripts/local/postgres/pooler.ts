/** Whether a pooler stands before a Postgres, and in which mode it lends connections. Only selects. */

import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'

/** `none`: the URL leads to the server itself. */
export type Pooler = 'none' | 'transaction' | 'session'

const LIMIT_MS = 2_000
/** Other clients may take the connection in between, so once is not enough. */
const ROUNDS = 4

/** Undefined if the server lets nobody in, which the caller of this finds as well. */
export async function poolerAt(connectionString: string): Promise<Pooler | undefined> {
  const clients = [1, 2].map(() => new pg.Client({ connectionString, connectionTimeoutMillis: LIMIT_MS }))
  const [one, other] = clients
  if (one === undefined || other === undefined) return undefined
  for (const client of clients) client.on('error', () => undefined)
  try {
    await one.connect()
    if (greetedBy(one) === (await backendOf(one))) return 'none'
    await other.connect()
    return await lendingOf(one, other)
  } catch {
    return undefined
  } finally {
    await Promise.race([Promise.all(clients.map((client) => client.end())), delay(LIMIT_MS)])
  }
}

/**
 * In session mode an idle client keeps its backend, so another client never gets that one, or waits for one.
 * In transaction mode a backend that was just returned is lent again.
 */
async function lendingOf(one: pg.Client, other: pg.Client): Promise<Pooler> {
  const backends = [new Set<number>(), new Set<number>()] as const
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, client] of [one, other].entries()) {
      const backend = await Promise.race([backendOf(client), delay(LIMIT_MS, undefined, { ref: false })])
      if (backend === undefined) return 'session'
      backends[at]?.add(backend)
    }
  }
  const [mine, others] = backends
  const isKept = mine.size === 1 && others.size === 1 && ![...mine].some((backend) => others.has(backend))
  return isKept ? 'session' : 'transaction'
}

/** A pooler answers a login itself, with a process id of its own. The driver's types leave it out. */
function greetedBy(client: pg.Client): unknown {
  return (client as pg.Client & { readonly processID?: unknown }).processID
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid')
  return rows[0]?.pid ?? Number.NaN
}
