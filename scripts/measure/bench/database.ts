/** The benchmark's database: the embedded Postgres, migrated, with one caller's tasks. */

import { randomBytes } from 'node:crypto'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../local/postgres/endpoint.ts'
import { applyMigrations } from '../../local/postgres/migrations.ts'
import { CALLER } from './caller.ts'
import { TASKS } from './fixture.ts'

export interface Database {
  readonly endpoint: PostgresEndpoint
  /** The restricted login's connection string. */
  readonly url: string
}

export async function startDatabase(identityKey: string): Promise<Database> {
  const endpoint = await startPostgresEndpoint()
  await applyMigrations(endpoint.owner, { examples: ['tasks'] })
  const [keyId, key] = identityKey.split(':')
  const password = randomBytes(16).toString('hex')
  await endpoint.owner(`select rowgate.install_key('${keyId}', decode('${key}', 'base64'))`)
  await endpoint.owner(`alter role rowgate_app login password '${password}'`)
  await endpoint.owner(`insert into tasks (id, user_id, title, description)
    select gen_random_uuid(), '${CALLER.userId}', 'Task number ' || n, 'What task number ' || n || ' is about'
    from generate_series(1, ${TASKS}) n`)
  return { endpoint, url: endpoint.handOut({ user: 'rowgate_app', password, database: 'postgres' }) }
}
