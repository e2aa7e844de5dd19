/** Makes views as `up` does, and lets callers in by raw SQL, as if the SQL guard had failed. */

import pg from 'pg'
import { newIdentityKey } from '../../../../scripts/local/postgres/identity-key.ts'
import { planMigration, runMigration } from '../../../../scripts/local/postgres/migrations.ts'
import { openServer } from '../../../../scripts/local/postgres/server.ts'
import { readCatalogue } from '../../../../scripts/operate/source/catalogue.ts'
import { shownAs } from '../../../../scripts/operate/source/init/privacy.ts'
import { readerName } from '../../../../scripts/operate/source/views/names.ts'
import { readViewsState } from '../../../../scripts/operate/source/views/state.ts'
import {
  planViews,
  schemasOf,
  type ViewsPlan,
  viewSchemaOf,
} from '../../../../scripts/operate/source/views.ts'
import { signed } from '../../../../src/data/postgres/seal.ts'
import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { importIdentityKey } from '../../../../src/infra/identity-key.ts'

const KEY = newIdentityKey('k1')
const PASSWORD = 'only for tests'

export type Source = Omit<SourceFile, 'engine' | 'connect'>
type Rows = Record<string, unknown>[]

export interface Who {
  readonly user?: string
  readonly tenant?: string
  readonly scopes?: readonly string[]
  readonly claims?: Readonly<Record<string, string>>
}

export interface OpenViews {
  plan(source: Source, previous?: ViewsPlan): Promise<ViewsPlan>
  /** Plans and runs it. */
  up(source: Source, previous?: ViewsPlan): Promise<ViewsPlan>
  owner(sql: string): Promise<readonly (readonly (string | null)[])[]>
  /** The last statement's rows, or its SQLSTATE, in an entered transaction of the Worker's login. */
  as(who: Who, statements: string | readonly string[], access?: 'read' | 'write'): Promise<Rows | string>
  /** The login's connection, without a seal. */
  login(): Promise<pg.Client>
  close(): Promise<void>
}

export async function openViews(ownerUrl: string): Promise<OpenViews> {
  const server = await openServer(ownerUrl)
  const migration = await planMigration(server.owner)
  await runMigration(server.owner, migration, { password: PASSWORD, identityKey: KEY })
  const { login, state } = migration
  const key = await importIdentityKey(KEY)
  const plan: OpenViews['plan'] = async (source, previous) => {
    const file: SourceFile = { engine: 'postgres', connect: 'APP_URL', ...source }
    const [reader, viewSchema] = [readerName(state.database), viewSchemaOf(file)]
    return planViews({
      file,
      catalogue: await readCatalogue(server.owner, schemasOf(file)),
      state: await readViewsState(server.owner, { reader, viewSchema }),
      login,
      previous: previous?.lock,
      fileHash: 'of a test',
      tools: [],
      defaultShown: (column) => shownAs(column, undefined).shown,
    })
  }
  const connect = async () => {
    const url = Object.assign(new URL(ownerUrl), { username: login, password: PASSWORD })
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    return client
  }
  return {
    plan,
    async up(source, previous) {
      const made = await plan(source, previous)
      if (made.refusals.length > 0) throw new Error(made.refusals.map(({ said }) => said).join('\n'))
      await server.owner(made.statements.join('\n;\n'))
      return made
    },
    owner: async (sql) => (await server.owner(sql)).rows,
    async as({ user = 'alice', tenant = 'none', scopes = [], claims = {} }, statements, access = 'read') {
      const content = { sub: user, tenant, scopes, claims, exp: Date.now() / 1000 + 60 }
      const client = await connect()
      try {
        await client.query('begin')
        await client.query('select rowgate.enter($1, $2, $3)', [
          await signed('seal', content, key),
          access,
          9_000,
        ])
        let rows: Rows = []
        for (const statement of [statements].flat()) rows = (await client.query<Rows[number]>(statement)).rows
        await client.query('commit')
        return rows
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code !== undefined) return error.code
        throw error
      } finally {
        await client.end()
      }
    },
    login: connect,
    close: () => server.close(),
  }
}
