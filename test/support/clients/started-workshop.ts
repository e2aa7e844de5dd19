/** The bicycle workshop of `rowgate init --example`, on the embedded Postgres or on PostgreSQL 15. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { withLocalOwner } from '../../../scripts/local/owner.ts'
import { type Place, startWorkshop as start } from '../../../scripts/measure/screenshots/workshop.ts'
import { putEmptyPostgres } from '../product/local.ts'
import { apartFromPassword, startPostgres15 } from '../servers/postgres15.ts'

const WORKSHOP = 'scripts/operate/source/example/workshop.sql'

export interface Workshop extends AsyncDisposable {
  readonly url: URL
  /** Runs the owner's statement. */
  owner(sql: string): Promise<void>
}

interface Database extends Place, AsyncDisposable {
  owner(sql: string): Promise<void>
}

/** Is given the folder of the copy of the project. */
type OpenDatabase = (folder: string) => Promise<Database>

export const embedded: OpenDatabase = async (folder) => {
  const data = join(folder, '.rowgate')
  await putEmptyPostgres(data)
  return {
    init: ['--example'],
    owner: (sql) => withLocalOwner(data, async (owner) => void (await owner(sql))),
    async [Symbol.asyncDispose]() {},
  }
}

/** With further tables of the owner's. */
export const onPostgres15 =
  (sql = ''): OpenDatabase =>
  async (folder) => {
    const server = await startPostgres15()
    const { url, env } = apartFromPassword(server.url)
    async function owner(sql: string): Promise<void> {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(sql).finally(() => client.end())
    }
    await owner(`${await readFile(join(folder, WORKSHOP), 'utf8')}; ${sql}`)
    return { init: [url], env, owner, [Symbol.asyncDispose]: () => server.stop() }
  }

export async function startWorkshop(open: OpenDatabase): Promise<Workshop> {
  let database: Database | undefined
  const { origin, stop } = await start(async (folder) => {
    database = await open(folder)
    return database
  })
  return {
    url: new URL('/mcp', origin),
    owner: async (sql) => database?.owner(sql),
    async [Symbol.asyncDispose]() {
      await stop()
      await database?.[Symbol.asyncDispose]()
    },
  }
}
