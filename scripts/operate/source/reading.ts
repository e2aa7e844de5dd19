/** Runs an owner's statements in a way that can change nothing and keeps nobody waiting. */

import type { Owner } from '../../local/postgres/backend.ts'

/** A catalogue of some thousands of tables takes seconds. */
export const CATALOGUE_LIMIT_MS = 30_000
/** Limit of a statement's wait for a lock: an application's migration goes first. */
const LOCK_LIMIT_MS = 500

/**
 * Each script is a read-only transaction with a time limit. A script of several statements is one transaction
 * in the simple protocol, so these settings end with it, also behind a pooler.
 */
export function reading(owner: Owner, limitMs: number): Owner {
  return (sql) =>
    owner(
      `set transaction read only; set local statement_timeout = ${limitMs}; set local lock_timeout = ${LOCK_LIMIT_MS}; ${sql}`,
    )
}
