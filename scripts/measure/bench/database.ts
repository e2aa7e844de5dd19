/** The benchmark's database: a migrated embedded Postgres with one caller's tasks. */

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../local/postgres/endpoint.ts'
import { loginName } from '../../local/postgres/login.ts'
import { applyMigrations } from '../../local/postgres/migrations.ts'
import { CALLER } from './caller.ts'
import { TASKS } from './fixture.ts'

const TABLE = new URL('../tasks/table.sql', import.meta.url)

export interface Database {
  readonly endpoint: PostgresEndpoint
  /** Connection string of the restricted login. */
  readonly url: string
}

/** `examples` are those whose tables it gets as well. */
export async function startDatabase(
  identityKey: string,
  examples: readonly string[] = [],
): Promise<Database> {
  const endpoint = await startPostgresEndpoint()
  const password = randomBytes(16).toString('hex')
  await applyMigrations(endpoint.owner, { examples, password, identityKey })
  await endpoint.owner(await readFile(TABLE, 'utf8'))
  await endpoint.owner(`insert into tasks (id, user_id, title, description)
    select gen_random_uuid(), '${CALLER.userId}', 'Task number ' || n, 'What task number ' || n || ' is about'
    from generate_series(1, ${TASKS}) n`)
  const database = 'postgres'
  return { endpoint, url: endpoint.handOut({ user: loginName(database), password, database }) }
}
