/**
 * Databases of applications that existed before Rowgate, on the run's PostgreSQL 15. Each is made anew, and
 * is owned by a role that is no superuser.
 */

import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { connectToServer, createDatabase } from '../servers/postgres15.ts'

const PASSWORD = 'only for tests'

/** `fieldwork` has tenants, `supportdesk` the shape of a public application, `recordshop` no tenants. */
export type ForeignName = 'fieldwork' | 'supportdesk' | 'recordshop'

export interface ForeignDatabase {
  /** The owner's URL, with the tests' password. */
  readonly url: string
  /** The URL of another role that may log in: `fw_app` or `fw_report`. */
  urlOf(role: string): string
  /** Runs work as a role; the owner by default. */
  as<T>(role: string, work: (client: pg.Client) => Promise<T>): Promise<T>
}

export const OWNER = 'fw_owner'

export async function createForeignDatabase(name: ForeignName): Promise<ForeignDatabase> {
  const superuser = await connectToServer()
  try {
    // Roles belong to the whole server, so one file at a time makes them.
    await superuser.query('select pg_advisory_lock(2)')
    const { rowCount } = await superuser.query('select from pg_roles where rolname = $1', [OWNER])
    if (rowCount === 0) await superuser.query(await read('fieldwork/roles.sql'))
  } finally {
    await superuser.end()
  }
  const url = await createDatabase(`owner ${OWNER}`)
  const urlOf = (role: string) =>
    Object.assign(new URL(url), { username: role, password: encodeURIComponent(PASSWORD) }).href
  const as: ForeignDatabase['as'] = async (role, work) => {
    const client = new pg.Client({ connectionString: urlOf(role) })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  await as(OWNER, async (client) => {
    await client.query(await read(`${name}/schema.sql`))
    if (name === 'fieldwork') await client.query(await read('fieldwork/data.sql'))
    await client.query('analyze')
  })
  return { url: urlOf(OWNER), urlOf, as }
}

async function read(file: string): Promise<string> {
  return await readFile(new URL(file, import.meta.url), 'utf8')
}
