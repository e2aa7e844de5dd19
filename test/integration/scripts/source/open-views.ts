/** Makes views as `up` does, and lets callers in by raw SQL, as if the SQL guard had failed. */

import { neon } from '@neondatabase/serverless'
import pg from 'pg'
import type { Owner } from '../../../../scripts/local/postgres/backend.ts'
import { startPostgresEndpoint } from '../../../../scripts/local/postgres/endpoint.ts'
import { loginName } from '../../../../scripts/local/postgres/login.ts'
import { planMigration, runMigration } from '../../../../scripts/local/postgres/migrations.ts'
import { openServer } from '../../../../scripts/local/postgres/server.ts'
import { startPgBouncer } from '../../../../scripts/measure/pgbouncer.ts'
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
import { openNeonHttp } from '../../../../src/data/postgres/neon-http.ts'
import { signed } from '../../../../src/data/postgres/seal.ts'
import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { importIdentityKey, sourceIdentityKey } from '../../../../src/infra/identity-key.ts'
import { IDENTITY_KEY } from '../../../support/servers/databases.ts'
import { pgBouncerMissing } from '../../../support/servers/pgbouncer.ts'
import { createDatabase, postgres15Missing } from '../../../support/servers/postgres15.ts'

/** The Worker's source of the views; its key is derived from the tests' own. */
export const SOURCE = 'app'
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
  /** The same, and of an error all that the server says. */
  told(who: Who, statements: string | readonly string[], access?: 'read' | 'write'): Promise<string>
  /** Statements of the Worker's login, without a seal. */
  unsealed(...statements: readonly string[]): Promise<Rows | string>
  seal(who: Who): Promise<string>
  /** How the Worker reaches the views. */
  readonly settings: Settings
  close(): Promise<void>
}

interface Settings {
  readonly url: string
  readonly fetchEndpoint?: string
}

type Statement = readonly [text: string, parameters?: readonly unknown[]]

/** A Postgres without views, and a way to it. */
interface Place {
  readonly owner: Owner
  /** Runs them in one transaction of the login's. */
  run(statements: readonly Statement[]): Promise<Rows>
  settings(): Settings
  close(): Promise<void>
}

/** For `describe.each`. */
export const PLACES: readonly { readonly place: string; readonly open: () => Promise<Place> }[] = [
  { place: 'the embedded Postgres', open: openEmbedded },
  ...(postgres15Missing()
    ? []
    : [{ place: 'PostgreSQL 15', open: async () => direct(await createDatabase()) }]),
  ...(postgres15Missing() || pgBouncerMissing()
    ? []
    : [{ place: 'PostgreSQL 15 through PgBouncer', open: async () => pooled(await createDatabase()) }]),
]

/** `at` is an owner's URL, or one of `PLACES` that was opened. */
export async function openViews(at: string | Place): Promise<OpenViews> {
  const place = typeof at === 'string' ? await direct(at) : at
  const { owner } = place
  const migration = await planMigration(owner)
  const identityKey = await sourceIdentityKey(IDENTITY_KEY, SOURCE)
  await runMigration(owner, migration, { password: PASSWORD, identityKey })
  const { login, state } = migration
  const key = await importIdentityKey(identityKey)
  const seal: OpenViews['seal'] = ({ user = 'alice', tenant = 'none', scopes = [], claims = {} }) =>
    signed('seal', { sub: user, tenant, scopes, claims, exp: Date.now() / 1000 + 60 }, key)
  const plan: OpenViews['plan'] = async (source, previous) => {
    const file: SourceFile = { engine: 'postgres', connect: 'APP_URL', ...source }
    const [reader, viewSchema] = [readerName(state.database), viewSchemaOf(file)]
    return planViews({
      file,
      catalogue: await readCatalogue(owner, schemasOf(file)),
      state: await readViewsState(owner, { reader, viewSchema }),
      login,
      previous: previous?.lock,
      fileHash: 'of a test',
      tools: [],
      defaultShown: (column) => shownAs(column, undefined).shown,
    })
  }
  const run = async (who: Who, statements: string | readonly string[], access: 'read' | 'write') =>
    place.run([
      ['select rowgate.enter($1, $2, $3)', [await seal(who), access, 9_000]],
      ...[statements].flat().map((text): Statement => [text]),
    ])
  return {
    plan,
    seal,
    settings: place.settings(),
    async up(source, previous) {
      const made = await plan(source, previous)
      if (made.refusals.length > 0) throw new Error(made.refusals.map(({ said }) => said).join('\n'))
      await owner(made.statements.join('\n;\n'))
      return made
    },
    owner: async (sql) => (await owner(sql)).rows,
    as: async (who, statements, access = 'read') => run(who, statements, access).catch(codeOf),
    told: async (who, statements, access = 'read') =>
      JSON.stringify(await run(who, statements, access).catch(wordsOf)),
    unsealed: async (...statements) => place.run(statements.map((text): Statement => [text])).catch(codeOf),
    close: () => place.close(),
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}

/** Not the statement, which a driver may add. */
function wordsOf(error: unknown): unknown {
  codeOf(error)
  const words = ['code', 'message', 'detail', 'hint', 'where', 'dataType', 'table', 'column', 'constraint']
  return Object.fromEntries(
    Object.entries({ ...(error as object), message: String(error) }).filter(([name]) => words.includes(name)),
  )
}

async function direct(ownerUrl: string, port?: () => number): Promise<Place> {
  const server = await openServer(ownerUrl)
  const url = new URL(ownerUrl)
  const settings = (): Settings => ({
    url: Object.assign(new URL(url), {
      username: loginName(url.pathname.slice(1)),
      password: PASSWORD,
      ...(port !== undefined && { port: String(port()) }),
    }).href,
  })
  return {
    owner: server.owner,
    settings,
    async run(statements) {
      const client = new pg.Client({ connectionString: settings().url })
      await client.connect()
      try {
        await client.query('begin')
        let rows: Rows = []
        for (const [text, parameters] of statements) {
          const result = await client.query<Rows[number]>(text, parameters && [...parameters])
          // A text without parameters may be several statements, each with a result.
          rows = [result].flat().at(-1)?.rows ?? []
        }
        await client.query('commit')
        return rows
      } finally {
        await client.end()
      }
    },
    close: () => server.close(),
  }
}

async function pooled(ownerUrl: string): Promise<Place> {
  const url = new URL(ownerUrl)
  const server = { host: '127.0.0.1', port: Number(url.port) }
  const pooler = await startPgBouncer(server, { [loginName(url.pathname.slice(1))]: PASSWORD })
  const place = await direct(ownerUrl, () => pooler.port)
  return {
    ...place,
    async close() {
      await pooler.stop()
      await place.close()
    },
  }
}

async function openEmbedded(): Promise<Place> {
  const endpoint = await startPostgresEndpoint()
  const database = 'postgres'
  const settings = () => ({
    url: endpoint.handOut({ user: loginName(database), password: PASSWORD, database }),
    fetchEndpoint: endpoint.url,
  })
  return {
    owner: endpoint.owner,
    settings,
    async run(statements) {
      const { url, fetchEndpoint } = settings()
      // Makes the driver send what is for this login to this endpoint.
      await openNeonHttp(url, fetchEndpoint)
      const client = neon(url)
      const results = await client.transaction(
        statements.map(([text, parameters = []]) => client.query(text, [...parameters])),
      )
      return results.at(-1) ?? []
    },
    close: () => endpoint.close(),
  }
}
