/** `rowgate init` on databases of applications: what it writes, and that it only reads. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { init } from '../../../../scripts/operate/source/init.ts'
import { catalogueDump, failedChecks } from '../../../support/databases/app-checks.ts'
import { createForeignDatabase, type ForeignDatabase } from '../../../support/databases/foreign.ts'
import { apartFromPassword, postgres15Missing } from '../../../support/servers/postgres15.ts'

describe.skipIf(postgres15Missing())('rowgate init', () => {
  let fieldwork: ForeignDatabase
  let folder: string
  let printed: string[]

  beforeAll(async () => {
    fieldwork = await createForeignDatabase('fieldwork')
    folder = await mkdtemp(join(tmpdir(), 'rowgate-init-'))
  })
  beforeEach(() => {
    printed = []
    vi.spyOn(console, 'log').mockImplementation((text: unknown) => void printed.push(String(text)))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const file = () => join(folder, 'rowgate.yaml')

  /** Runs it as a person does whose password is in the environment. */
  async function run(database: ForeignDatabase, over: Partial<Parameters<typeof init>[0]> = {}) {
    const { url, env } = apartFromPassword(over.url ?? database.url)
    vi.stubEnv('PGPASSWORD', env.PGPASSWORD)
    const directory = join(folder, 'data')
    await init({ yes: true, directory, file: file(), source: 'app', ...over, url })
    const text = await readFile(over.file ?? file(), 'utf8')
    return { text, source: parse(text).sources.app }
  }

  test('writes a closed file, changes nothing and keeps no password', async () => {
    const before = await catalogueDump(fieldwork)
    const { text, source } = await run(fieldwork)
    expect(await catalogueDump(fieldwork)).toBe(before)
    expect(await failedChecks('fieldwork', fieldwork)).toEqual([])
    expect(source).toMatchObject({
      ...{
        engine: 'postgres',
        connect: 'APP_DATABASE_URL',
        enforce: 'views',
        schemas: ['public', 'billing'],
      },
      identity: {
        tenant: { claim: 'org_id', type: 'uuid', column: 'org_id' },
        user: { lookup: 'members.external_sub', as: 'member_id' },
      },
      tables: {
        issues: { rows: 'tenant' },
        orgs: { rows: { id: 'tenant' } },
        comments: { rows: { via: 'issue_id -> issues' } },
        payments: { rows: { via: 'invoice_id -> invoices' }, columns: { card_number: 'mask(last 4)' } },
        LineItem: { rows: { via: 'orderId -> order' } },
        heartbeats: { rows: 'tenant', allow: ['find'] },
        members: { columns: { email: 'mask(email)', salary: 'hide', born: 'year', external_sub: 'hide' } },
        ...{ notes: 'deny', balances: 'deny', member_cards: 'deny', api_keys: 'deny', countries: 'deny' },
      },
    })
    expect(JSON.stringify(source)).not.toMatch(/"(insert|update|delete)"/)
    const { PGPASSWORD = '' } = process.env
    const kept = await Promise.all(
      (await readdir(join(folder, 'data'), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
    )
    expect(kept).toEqual([expect.stringContaining('postgres://fw_owner@')])
    expect([text, ...kept, ...printed].join('\n')).not.toContain(PGPASSWORD)
  })

  test('runs each statement in a read-only transaction', async () => {
    const seen = await statementsDuring(() => run(fieldwork, { file: join(folder, 'second.yaml') }))
    expect(seen.length).toBeGreaterThan(5)
    expect(seen.filter((text) => !/^(select 1|set transaction read only;)/.test(text))).toEqual([])
  })

  test('prints and writes nothing of what a sample holds', async () => {
    await fieldwork.as('fw_owner', (client) =>
      client.query(`create table leads (id bigint primary key, org_id uuid, contact text, remark text);
        insert into leads select n, 'a0000000-0000-4000-8000-000000000001', 'zebra' || n || '@mail.example', 'zebra ' || n
        from generate_series(1, 9) n`),
    )
    const { text, source } = await run(fieldwork, { file: join(folder, 'third.yaml') })
    expect(source.tables.leads.columns).toEqual({
      ...{ id: 'show', org_id: 'show', contact: 'mask(email)', remark: 'show' },
    })
    expect([text, ...printed].join('\n')).not.toContain('zebra')
  })

  test('refuses a source that is there, and adds one beside it', async () => {
    const before = await readFile(file(), 'utf8')
    await expect(run(fieldwork)).rejects.toThrow('has a source "app" already')
    expect(await readFile(file(), 'utf8')).toBe(before)
    await run(await createForeignDatabase('recordshop'), { source: 'music' })
    const after = await readFile(file(), 'utf8')
    const { sources } = parse(after)
    expect(Object.keys(sources)).toEqual(['app', 'music'])
    expect(sources.music.tables.customer.rows).toEqual({ support_rep_id: 'user.employee_id' })
    expect(sources.music.tables.track).toMatchObject({ rows: 'all', scope: 'music:read' })
    for (const line of before.split('\n')) expect(after).toContain(line)
  })

  test('takes answers from a file, and refuses one that names what is not there', async () => {
    const answers = join(folder, 'answers.yaml')
    const desk = await createForeignDatabase('supportdesk')
    await writeFile(answers, 'claim: account\nwrites: [conversations]\nshow: [contacts.email]\n')
    const { source } = await run(desk, { file: join(folder, 'desk.yaml'), answers, yes: false })
    expect(source.identity.tenant).toEqual({ claim: 'account', type: 'integer', column: 'account_id' })
    expect(source.tables.contacts.columns).toMatchObject({ email: 'show', phone_number: 'mask(last 4)' })
    expect(source.tables.conversations).toMatchObject({
      ...{ allow: ['find', 'get', 'insert', 'update'], accept: ['triggers'] },
    })
    await writeFile(answers, 'writes: [conversation]\n')
    const again = run(desk, { file: join(folder, 'desk2.yaml'), answers, yes: false })
    await expect(again).rejects.toThrow('The answers name "conversation", which is not there.')
    await writeFile(answers, 'write: [conversations]\n')
    await expect(run(desk, { file: join(folder, 'desk2.yaml'), answers })).rejects.toThrow(
      'It may have tenant',
    )
  })

  test('where nothing is known to be somebody’s, it names each table with its reason, and how to serve it', async () => {
    const database = await createForeignDatabase('recordshop')
    await database.as('fw_owner', (client) =>
      client.query(`do $$ declare t regclass; begin
        for t in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
          execute format('alter table %s enable row level security', t);
        end loop;
      end $$`),
    )
    const refused = run(database, { file: join(folder, 'secured.yaml') })
    await expect(refused).rejects.toThrow(
      /customer: it has row security of its own.*serve: \[album, artist, /s,
    )
    const answers = join(folder, 'secured.json')
    await writeFile(answers, JSON.stringify({ serve: ['track'] }))
    const { source } = await run(database, { file: join(folder, 'secured.yaml'), answers, yes: false })
    expect(source.tables.track).toMatchObject({ rows: 'all', accept: ['row security'] })
    expect(printed.join('\n')).toContain('whoever has the scope app:read sees every row')
  })

  test('without a terminal it says how to answer', async () => {
    const asked = run(fieldwork, { file: join(folder, 'asked.yaml'), yes: false })
    await expect(asked).rejects.toThrow('take the proposals with --yes')
  })
})

test('rowgate init --example puts an application into the embedded Postgres, once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-example-'))
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  try {
    const options = { url: undefined, yes: true, directory: join(folder, 'data') }
    await init({ ...options, file: join(folder, 'one.yaml') })
    await init({ ...options, file: join(folder, 'one.yaml'), source: 'again' })
    const text = await readFile(join(folder, 'one.yaml'), 'utf8')
    expect(parse(text).sources.again.tables).toEqual(parse(text).sources.workshop.tables)
    expect(parse(text).sources.workshop).toMatchObject({
      schemas: ['workshop'],
      identity: { tenant: { claim: 'shop_id', type: 'text' }, user: { lookup: 'mechanics.external_sub' } },
      tables: { shops: { rows: { id: 'tenant' } }, bikes: { rows: { via: 'customer_id -> customers' } } },
    })
  } finally {
    vi.restoreAllMocks()
    await rm(folder, { recursive: true, force: true })
  }
})

/** Statements that the driver sends meanwhile. */
async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = []
  const { query } = pg.Client.prototype
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...values: unknown[]) {
    const [first] = values
    sent.push(typeof first === 'string' ? first : z.object({ text: z.string() }).parse(first).text)
    return Reflect.apply(query, this, values)
  })
  await work()
  return sent
}
