/** The benchmark's database: a migrated embedded Postgres with one caller's tasks. */

import { randomBytes } from 'node:crypto'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../local/postgres/endpoint.ts'
import { loginName } from '../../local/postgres/login.ts'
import { applyMigrations } from '../../local/postgres/migrations.ts'
import { CALLER } from './caller.ts'
import { TASKS } from './fixture.ts'

export interface Database {
  readonly endpoint: PostgresEndpoint
  /** Connection string of the restricted login. */
  readonly url: string
}

export async function startDatabase(identityKey: string): Promise<Database> {
  const endpoint = await startPostgresEndpoint()
  const password = randomBytes(16).toString('hex')
  await applyMigrations(endpoint.owner, { examples: ['tasks'], password, identityKey })
  await endpoint.owner(`insert into tasks (id, user_id, title, description)
    select gen_random_uuid(), '${CALLER.userId}', 'Task number ' || n, 'What task number ' || n || ' is about'
    from generate_series(1, ${TASKS}) n`)
  const database = 'postgres'
  return { endpoint, url: endpoint.handOut({ user: loginName(database), password, database }) }
}
