/** `rowgate up` and `down` in databases of applications, which notice neither. */

import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { findSourceSecrets, workerUrl } from '../../../../scripts/local/source-secrets.ts'
import { down } from '../../../../scripts/operate/source/down.ts'
import { init } from '../../../../scripts/operate/source/init.ts'
import { plan } from '../../../../scripts/operate/source/plan.ts'
import { up } from '../../../../scripts/operate/source/up.ts'
import type { LockFile } from '../../../../src/infra/config/lock-file.ts'
import { catalogueDump, failedChecks } from '../../../support/databases/app-checks.ts'
import { createForeignDatabase, type ForeignDatabase } from '../../../support/databases/foreign.ts'
import { partOf } from '../../../support/full.ts'
import { apartFromPassword, postgres15Missing } from '../../../support/servers/postgres15.ts'

/** Applications, and the way in which rows are enforced during Rowgate's stay. */
const STAYS = [
  ['fieldwork', 'policies'],
  ['supportdesk', 'views'],
  ['recordshop', 'policies'],
  ['recordshop', 'views'],
  ['supportdesk', 'policies'],
  ['fieldwork', 'views'],
] as const

/** What an application's next version may do to tables that are served. */
const MIGRATION = `
  alter table conversations add column archived_at timestamp;
  update conversations set archived_at = now() where id % 2 = 0;
  create index on conversations (archived_at);
  alter table conversations add check (display_id >= 0) not valid;
  alter table conversations validate constraint conversations_display_id_check;
  alter table messages add foreign key (conversation_id) references conversations on delete cascade;
  alter table contacts alter column name set not null;
  alter table labels alter column color set default '#000000';
  create table canned_responses (id bigserial primary key, account_id int not null references accounts, content text);
  insert into canned_responses (account_id, content) select id, 'Hello' from accounts;
  alter table webhooks rename to hooks;
  create table messages_2026 as table messages;
  drop index index_messages_on_account_created_type`

/** Count of tables of the application's with row security that is not forced. */
async function securedTables(database: ForeignDatabase): Promise<number> {
  const { rows } = await database.as('fw_owner', (client) =>
    client.query(`select count(*)::int as n from pg_class
      where relrowsecurity and not relforcerowsecurity and relname not in ('notes')
        and relnamespace <> to_regnamespace('rowgate')`),
  )
  return rows[0]?.n
}

describe.skipIf(postgres15Missing())('rowgate up and down', () => {
  let folder: string
  let printed: string[]
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rowgate-up-'))
  })
  beforeEach(() => {
    printed = []
    vi.spyOn(console, 'log').mockImplementation((text: unknown) => void printed.push(String(text)))
    vi.stubEnv('IDENTITY_KEY', undefined)
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** The proposal of `init --yes`, in a folder of its own. */
  async function begin(database: ForeignDatabase) {
    const { url, env } = apartFromPassword(database.url)
    vi.stubEnv('PGPASSWORD', env.PGPASSWORD)
    const own = await mkdtemp(join(folder, 'app-'))
    const place = { file: join(own, 'rowgate.yaml'), directory: join(own, 'data') }
    await init({ ...place, url, yes: true, source: 'app' })
    const lock = async (): Promise<LockFile> =>
      JSON.parse(await readFile(join(own, 'rowgate.lock.json'), 'utf8'))
    const edit = async (from: string | RegExp, to: string) => {
      const text = await readFile(place.file, 'utf8')
      expect(text).toMatch(from)
      await writeFile(place.file, text.replace(from, to))
    }
    return { ...place, own, lock, edit }
  }

  test.each(partOf(STAYS, { every: 3 }))(
    '%s, enforced by %s, works the same before, during and after, and its catalogue ends as it was',
    async (name, enforce) => {
      const database = await createForeignDatabase(name)
      const before = await catalogueDump(database)
      expect(await failedChecks(name, database)).toEqual([])
      const { file, directory, own, lock, edit } = await begin(database)
      await edit('enforce: views', `enforce: ${enforce}`)
      // Callers are looked up in it, which its policies would need first.
      if (name === 'recordshop') await edit(/^ {6}employee:\n/m, '$&        enforce: views\n')
      await up({ file, directory, yes: true })
      expect(await failedChecks(name, database)).toEqual([])
      expect((await lock()).sources.app?.tables.length).toBeGreaterThan(4)
      expect((await securedTables(database)) > 0).toBe(enforce === 'policies')
      await up({ file, directory, yes: true })
      expect(printed.join('\n')).toContain('The database is up to date.')
      await down({ file, directory, yes: true })
      expect(await catalogueDump(database)).toBe(before)
      expect(await failedChecks(name, database)).toEqual([])
      expect((await lock()).sources).toEqual({})
      expect(await findSourceSecrets(directory, 'app')).toBeUndefined()
      expect(existsSync(join(own, 'rowgate-audit-app.jsonl'))).toBe(false)
      await down({ file, directory, yes: true })
      expect(await catalogueDump(database)).toBe(before)
    },
  )

  test('the application may migrate meanwhile, and down leaves what the migration made', async () => {
    for (const enforce of partOf(['policies', 'views'], { every: 2 })) {
      const database = await createForeignDatabase('supportdesk')
      const { file, directory, edit } = await begin(database)
      await edit('enforce: views', `enforce: ${enforce}`)
      await up({ file, directory, yes: true })
      await database.as('fw_owner', (client) => client.query(MIGRATION))
      expect(await failedChecks('supportdesk', database)).toEqual([])
      await down({ file, directory, yes: true })
      const migrated = await createForeignDatabase('supportdesk')
      await migrated.as('fw_owner', (client) => client.query(MIGRATION))
      const named = new URL(database.url).pathname.slice(1)
      const dumped = (await catalogueDump(migrated)).replaceAll(
        new URL(migrated.url).pathname.slice(1),
        named,
      )
      expect(await catalogueDump(database)).toBe(dumped)
    }
  })

  test('secrets are kept for their owner alone and printed once, and the login works', async () => {
    const database = await createForeignDatabase('recordshop')
    const { file, directory } = await begin(database)
    await up({ file, directory, yes: true })
    const secrets = await findSourceSecrets(directory, 'app')
    const url = secrets === undefined ? undefined : workerUrl(secrets)
    expect(printed.join('\n')).toContain(`npx wrangler secret put APP_DATABASE_URL\n        ${url}`)
    expect(printed.join('\n')).toContain((await readFile(join(directory, 'identity-key'), 'utf8')).trim())
    expect((await stat(join(directory, 'source-app.json'))).mode & 0o777).toBe(0o600)
    printed = []
    await up({ file, directory, yes: true })
    expect(printed.join('\n')).not.toContain('wrangler')
    expect(printed.join('\n')).not.toContain(secrets?.password)
    await down({ file, directory, yes: true })
  })

  test('SQL tools in files reach the lock, and one that is wrong is named', async () => {
    const database = await createForeignDatabase('recordshop')
    const { file, directory, own, lock, edit } = await begin(database)
    await edit(/^ {4}connect: .*$/m, '    connect: APP_DATABASE_URL\n    tools: rowgate/app/*.sql')
    await mkdir(join(own, 'rowgate/app'), { recursive: true })
    const write = (name: string, text: string) => writeFile(join(own, 'rowgate/app', name), text)
    await write(
      'count_tracks.sql',
      '-- description: How many tracks there are\nselect count(*) as tracks from track',
    )
    await write('wrong.sql', '-- description: Nothing\nselect * from trakc')
    await up({ file, directory, yes: true })
    expect((await lock()).sources.app?.tools).toMatchObject([
      { name: 'count_tracks', columns: [{ name: 'tracks', type: 'bigint' }] },
    ])
    expect(printed.join('\n')).toMatch(/rowgate\/app\/wrong\.sql:2: .*trakc/)
    await down({ file, directory, yes: true })
  })

  test('what is refused changes nothing and is named with its line, by plan as by up', async () => {
    const database = await createForeignDatabase('fieldwork')
    const before = await catalogueDump(database)
    const { file, directory, edit } = await begin(database)
    await edit(/^ {4}tables:$/m, '    tables:\n      heartbeats_of_nobody: { rows: all }')
    await expect(plan({ file, directory, json: false })).rejects.toThrow('1 thing is refused')
    expect(printed.join('\n')).toContain('heartbeats_of_nobody: the named schemas have no such table or view')
    await expect(up({ file, directory, yes: true })).rejects.toThrow('Nothing was changed')
    await expect(up({ file, directory, yes: false })).rejects.toThrow('Nothing was changed')
    expect(await catalogueDump(database)).toBe(before)
  })

  test('a lock that an application holds is waited for 2 s, and its holder is named', async () => {
    const database = await createForeignDatabase('supportdesk')
    const before = await catalogueDump(database)
    const { file, directory } = await begin(database)
    await database.as('fw_owner', async (client) => {
      await client.query("set application_name = 'nightly job'")
      await client.query('begin')
      await client.query('lock table conversations in access exclusive mode')
      await expect(up({ file, directory, yes: true })).rejects.toThrow(
        /held for 2s by fw_owner \(process \d+, nightly job/,
      )
      await client.query('rollback')
    })
    expect(await catalogueDump(database)).toBe(before)
    // Half an `up` leaves secrets for a login that is not there.
    expect(await findSourceSecrets(directory, 'app')).toBeDefined()
    await down({ file, directory, yes: true })
    expect(await findSourceSecrets(directory, 'app')).toBeUndefined()
    await up({ file, directory, yes: true })
    await down({ file, directory, yes: true })
    expect(await catalogueDump(database)).toBe(before)
  })

  test('down saves the audit log, and stops where something of yours leans on core', async () => {
    const database = await createForeignDatabase('recordshop')
    const { file, directory, own } = await begin(database)
    await up({ file, directory, yes: true })
    await database.as('fw_owner', (client) =>
      client.query(`insert into rowgate.audit_log select 't', n, gen_random_uuid(), now(), 'u', null, 'query', 'success', 1, 'r', 'h', '{}', 0, ''
        from generate_series(1, 3) n; create view mine as select rowgate.user_id() as me`),
    )
    const audit = join(own, 'audit.jsonl')
    await expect(down({ file, directory, audit, yes: true })).rejects.toThrow(
      'rule _RETURN on view public.mine',
    )
    await database.as('fw_owner', (client) => client.query('drop view mine'))
    await rm(audit)
    await down({ file, directory, audit, yes: true })
    const lines = (await readFile(audit, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3])
  })
})
