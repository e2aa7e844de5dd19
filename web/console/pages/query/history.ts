/** The queries that a person ran, in this browser alone: SQL and parameters, never an answer. */

import { useState } from 'preact/hooks'

export interface PastQuery {
  readonly sql: string
  /** As they were written in their fields. */
  readonly parameters: readonly string[]
  readonly source: string | undefined
  /** Milliseconds since 1970. */
  readonly at: number
}

const PREFIX = 'rowgate.queries.'
const MOST_KEPT = 50
/** Characters. A browser keeps some five million for a site. */
const LONGEST_KEPT = 20_000

export interface History {
  readonly queries: readonly PastQuery[]
  add(query: Omit<PastQuery, 'at'>): void
  clear(): void
}

/** Newest first. `user`: another person who logs in here has a history of their own. */
export function useHistory(user: string | undefined): History {
  const key = PREFIX + (user ?? '')
  const [queries, setQueries] = useState(() => kept(key))
  return {
    queries,
    add(query) {
      if (query.sql.length > LONGEST_KEPT) return
      const others = kept(key).filter((each) => !isSame(each, query))
      const next = [{ ...query, at: Date.now() }, ...others].slice(0, MOST_KEPT)
      setQueries(next)
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        // Full: the history of this tab is all that there is.
      }
    },
    clear() {
      localStorage.removeItem(key)
      setQueries([])
    },
  }
}

function isSame(past: PastQuery, { sql, parameters, source }: Omit<PastQuery, 'at'>): boolean {
  return past.sql === sql && past.source === source && String(past.parameters) === String(parameters)
}

function kept(key: string): readonly PastQuery[] {
  try {
    const queries: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(queries) ? queries.filter(isPast) : []
  } catch {
    return []
  }
}

function isPast(query: Partial<PastQuery> | null): query is PastQuery {
  return typeof query?.sql === 'string' && Array.isArray(query.parameters) && typeof query.at === 'number'
}
