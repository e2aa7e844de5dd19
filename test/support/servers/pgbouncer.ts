/** Whether this machine has PgBouncer (`scripts/measure/pgbouncer.ts`), Hyperdrive's stand-in. */

import { existsSync } from 'node:fs'
import { PROGRAM } from '../../../scripts/measure/pgbouncer.ts'

/** Whether there is no PgBouncer here, for `describe.skipIf`. With REQUIRE_ENGINES=1 it throws instead. */
export function pgBouncerMissing(): boolean {
  const missing = !existsSync(PROGRAM)
  if (missing && process.env.REQUIRE_ENGINES === '1')
    throw new Error(`REQUIRE_ENGINES=1, but there is no PgBouncer at ${PROGRAM}.`)
  if (missing) console.warn(`Skipped: needs PgBouncer at ${PROGRAM} (Debian: apt-get install pgbouncer).`)
  return missing
}
