/**
 * Two tables of an application on a server, and a source over them as `rowgate up` makes it: a tenant has
 * 40,000 rows of 200,000 in one, and 1,000 of 5,000,000 in the other.
 */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SourceLock } from '../../../src/infra/config/lock-file.ts'
import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'
import type { DeclaredSource } from '../../../src/infra/config/sources.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { runMigration } from '../../local/postgres/migrations.ts'
import { downStatements } from '../../operate/source/down/statements.ts'
import { readTraces } from '../../operate/source/down/traces.ts'
import { planSource } from '../../operate/source/source-plan.ts'

export const SOURCE = 'app'
export const TENANT = 't1'
export const HAND = 'rowgate_bench_by_hand'
export type Way = 'views' | 'policies'

export interface Table {
  readonly name: string
  readonly rows: number
  readonly tenants: number
}

const TABLES: readonly Table[] = [
  { name: 'small', rows: 200_000, tenants: 5 },
  { name: 'large', rows: 5_000_000, tenants: 5_000 },
]
/** A quick run shows that it works. */
const QUICK_SHARE = 100

export function tablesOf(quick: boolean): readonly Table[] {
  const share = quick ? QUICK_SHARE : 1
  return TABLES.map(({ name, rows, tenants }) => ({
    ...{ name, rows: rows / share },
    // As few as leave a page of rows to each.
    tenants: tenants > share ? tenants / share : tenants,
  }))
}

export const COLUMNS = 'id, org, title, state, at'

export async function fill(owner: Owner, tables: readonly Table[]): Promise<void> {
  for (const { name, rows, tenants } of tables) {
    await owner(`create table ${name} (id bigint primary key, org text not null, title text not null, state text not null, at timestamptz not null);
      insert into ${name} select n, 't' || 1 + n % ${tenants}, 'What number ' || n || ' is about', 'open', timestamptz '2026-01-01' + n * interval '1 s'
        from generate_series(1, ${rows}) n;
      create index on ${name} (org, id desc)`)
    await owner(`vacuum analyze ${name}`)
  }
}

const TOOL = `-- description: The newest rows
-- param most integer: How many
select ${COLUMNS} from small order by id desc limit :most`

interface Made {
  readonly source: DeclaredSource
  readonly login: string
}

/** What `up` makes of the tables in this way. */
export async function make(
  owner: Owner,
  tables: readonly Table[],
  { way, directory, ...secrets }: { way: Way; directory: string; password: string; identityKey: string },
): Promise<Made> {
  for (const { name } of tables)
    await writeFile(join(directory, `newest_${name}.sql`), TOOL.replace('small', name))
  const rows = { rows: { org: 'user' }, order: '-id' } as const
  const file: SourceFile = {
    ...{ engine: 'postgres', connect: 'DATABASE_URL', enforce: way, schemas: ['public'], tools: '*.sql' },
    tables: Object.fromEntries(tables.map(({ name }) => [name, rows])),
  }
  const place = { root: directory, lockPath: join(directory, 'rowgate.lock.json'), previous: undefined }
  const { views, migration } = await planSource(owner, { name: SOURCE, file, ...place })
  if (views.refusals.length > 0) throw new Error(views.refusals.map(({ said }) => said).join('\n'))
  await runMigration(owner, migration, { ...secrets, further: views.statements })
  const lock: SourceLock = views.lock
  return { source: { name: SOURCE, connect: 'DATABASE_URL', audit: true, lock }, login: migration.login }
}

/** Row security as one writes it oneself, for a role of its own, instead of the source's. */
export async function secureByHand(owner: Owner, tables: readonly Table[], password: string): Promise<void> {
  await takeOut(owner)
  await owner(`create role ${HAND} login password '${password}'`)
  for (const { name } of tables) {
    await owner(`alter table ${name} enable row level security; grant select on ${name} to ${HAND};
      create policy of_tenant on ${name} to ${HAND} using (org = (select current_setting('app.org')))`)
  }
}

/** The source, as `down` does it. */
export async function takeOut(owner: Owner): Promise<void> {
  const traces = await readTraces(owner, { viewSchema: 'agent', isEmbedded: false })
  await owner(downStatements(traces).join('\n;\n'))
}

export async function empty(owner: Owner, tables: readonly Table[]): Promise<void> {
  await takeOut(owner)
  await owner(
    `drop table if exists ${tables.map(({ name }) => name).join(', ')}; drop role if exists ${HAND}`,
  )
}
