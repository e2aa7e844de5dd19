/** Says whom a statement waits for, since Postgres' own error names nobody. */

import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '../../cli/cli-error.ts'
import { type Owner, PostgresError } from '../../local/postgres/backend.ts'

/** Limit of a command's wait for an application's lock: it holds up the application behind it as long. */
export const LOCK_TIMEOUT = '2s'
const LOCK_TIMEOUT_MS = 2_000
/** When it has waited this long, it is seen who holds the lock. */
const LOOK_AFTER_MS = LOCK_TIMEOUT_MS / 2

const LOCK_NOT_AVAILABLE = '55P03'

/** Sessions that stand in the way of one that waits for a lock, of those of this user. */
const HOLDERS = `select distinct b.pid, b.usename, coalesce(nullif(b.application_name, ''), 'no name'), b.state,
    round(extract(epoch from now() - b.xact_start))
  from pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) as p (pid) join pg_stat_activity b on b.pid = p.pid
  where a.wait_event_type = 'Lock' and a.usename = current_user and a.datname = current_database()
    and a.pid <> pg_backend_pid() limit 3`

/**
 * Runs work that waits for locks. If it is refused for that, the `Refusal` names the sessions that held them.
 * `other` is another connection of the owner's; the embedded Postgres has none, and nobody to wait for.
 */
export async function namingLockHolders<T>(other: Owner | undefined, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const watched = other === undefined ? Promise.resolve([]) : holdersLater(other, stop.signal)
  try {
    return await work()
  } catch (error) {
    const cause = error instanceof Refusal ? error.cause : error
    const holders = await watched
    if (!(cause instanceof PostgresError) || cause.fields.code !== LOCK_NOT_AVAILABLE) throw error
    const who = holders.length === 0 ? 'another session, which has ended since' : holders.join('; ')
    throw new Refusal(
      `Nothing was changed: a lock was held for ${LOCK_TIMEOUT} by ${who}. An application that waits behind \`rowgate\` would stand still, so it gave up. Run it again when that session is done.`,
      { cause },
    )
  } finally {
    stop.abort()
  }
}

async function holdersLater(other: Owner, signal: AbortSignal): Promise<string[]> {
  const isDue = await sleep(LOOK_AFTER_MS, true, { signal }).catch(() => false)
  if (!isDue) return []
  const { rows } = await other(HOLDERS).catch(() => ({ rows: [] }))
  return rows.map(
    ([pid, user, application, state, seconds]) =>
      `${user} (process ${pid}, ${application}, ${state}, its transaction ${seconds} s old)`,
  )
}
