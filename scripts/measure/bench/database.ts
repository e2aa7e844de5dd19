/** The benchmark's database: the embedded Postgres, migrated, with one caller's tasks. */

import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../local/postgres/endpoint.ts'
import { CALLER } from './caller.ts'
import { TASKS } from './fixture.ts'

const MIGRATIONS = new URL('../../../drizzle/', import.meta.url)

export interface Database {
  readonly endpoint: PostgresEndpoint
  /** The restricted login's connection string. */
  readonly url: string
}

export async function startDatabase(identityKey: string): Promise<Database> {
  const endpoint = await startPostgresEndpoint()
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort()
  for (const file of files) await endpoint.owner(await readFile(new URL(file, MIGRATIONS), 'utf8'))
  const [keyId, key] = identityKey.split(':')
  const password = randomBytes(16).toString('hex')
  await endpoint.owner(`select rowgate.install_key('${keyId}', decode('${key}', 'base64'))`)
  await endpoint.owner(`alter role rowgate_app login password '${password}'`)
  await endpoint.owner(`insert into tasks (id, user_id, title, description)
    select gen_random_uuid(), '${CALLER.userId}', 'Task number ' || n, 'What task number ' || n || ' is about'
    from generate_series(1, ${TASKS}) n`)
  return { endpoint, url: endpoint.handOut({ user: 'rowgate_app', password, database: 'postgres' }) }
}
