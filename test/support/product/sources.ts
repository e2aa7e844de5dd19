/** Rowgate with several sources: each a database of its own, with views that are written by hand. */

import type { SourceLock, TableLock } from '../../../src/infra/config/lock-file.ts'
import type { DeclaredSource } from '../../../src/infra/config/sources.ts'
import { sourceIdentityKey } from '../../../src/infra/identity-key.ts'
import type { Toolset } from '../../../src/toolkit/tool.ts'
import { toolsets as core } from '../../../src/toolsets/index.ts'
import { createWorker } from '../../../src/worker.ts'
import { IDENTITY_KEY, startDatabase, type TestDatabase } from '../servers/databases.ts'
import { type Rowgate, startRowgate } from './rowgate.ts'

export interface TestSource {
  /**
   * The owner's SQL: the application's tables, and the views of the schema `agent`. Without it the database
   * has its views already.
   */
  readonly sql?: string
  readonly lock: SourceLock
  readonly audit?: boolean
}

export interface RowgateOfSources extends Rowgate {
  readonly databases: Readonly<Record<string, TestDatabase>>
}

export async function startSources(
  sources: Readonly<Record<string, TestSource>>,
  options: {
    env?: Record<string, string>
    bindings?: Readonly<Record<string, object>>
    toolsets?: readonly Toolset[]
    start?: () => Promise<TestDatabase>
  } = {},
): Promise<RowgateOfSources> {
  const databases: Record<string, TestDatabase> = {}
  const env: Record<string, string> = {}
  const declared: DeclaredSource[] = []
  for (const [name, { sql, lock, audit = false }] of Object.entries(sources)) {
    const database = await startSource(name, sql, options.start)
    databases[name] = database
    const setting = `${name.toUpperCase()}_DATABASE`
    env[`${setting}_URL`] = database.settings.databaseUrl
    if (database.settings.fetchEndpoint !== undefined) {
      env[`${setting}_FETCH_ENDPOINT`] = database.settings.fetchEndpoint
    }
    declared.push({ name, connect: `${setting}_URL`, audit, lock })
  }
  const [first, ...others] = Object.values(databases)
  if (first === undefined) throw new Error('A source is needed.')
  const worker = createWorker({ toolsets: options.toolsets ?? core, sources: declared })
  const rowgate = await startRowgate({
    database: async () => first,
    worker,
    env: { ...env, ...options.env },
    ...(options.bindings !== undefined && { bindings: options.bindings }),
  })
  return {
    ...rowgate,
    databases,
    async close() {
      await rowgate.close()
      for (const database of others) await database.close()
    },
  }
}

async function startSource(name: string, sql?: string, start = startDatabase): Promise<TestDatabase> {
  const database = await start()
  const key = await sourceIdentityKey(IDENTITY_KEY, name)
  const [id, base64 = ''] = key.split(':')
  const hex = Buffer.from(base64, 'base64').toString('hex')
  await database.endpoint.owner(`select rowgate.install_key('${id}', decode('${hex}', 'hex'))`)
  if (sql === undefined) return database
  await database.endpoint.owner(`
    ${sql};
    grant usage on schema agent to "${database.login}";
    grant select on all tables in schema agent to "${database.login}"`)
  return database
}

/** A lock of these tables. */
export function lockOf(tables: readonly TableLock[], over: Partial<SourceLock> = {}): SourceLock {
  return {
    fileHash: 'f'.repeat(64),
    database: 'app',
    viewSchema: 'agent',
    claims: [],
    tables,
    tools: [],
    ...over,
  }
}

/** A table whose columns are `name: type`, the first of them its key. */
export function tableOf(
  name: string,
  columns: Readonly<Record<string, string>>,
  over: Partial<TableLock> = {},
): TableLock {
  return {
    name,
    table: `public.${name}`,
    kind: 'table',
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      nullable: column !== Object.keys(columns)[0],
      hash: '',
    })),
    key: Object.keys(columns).slice(0, 1),
    references: [],
    rows: 'You see all rows.',
    allow: ['find', 'get'],
    insert: [],
    update: [],
    set: {},
    confirm: { insert: 'never', update: 'never', delete: 'always' },
    ...over,
  }
}
