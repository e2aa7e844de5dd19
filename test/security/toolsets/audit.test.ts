/**
 * The audit log cannot be forged by SQL that runs as the restricted login, and what its owner does to it is
 * found.
 */

import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../../scripts/operate/audit/verify.ts'
import { auditedArguments } from '../../../src/data/postgres/audit/arguments.ts'
import { auditRows } from '../../../src/data/postgres/audit/rows.ts'
import { seal, signed } from '../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../src/infra/identity-key.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import {
  caller,
  databases,
  IDENTITY_KEY,
  type Statement,
  type TestDatabase,
} from '../../support/servers/databases.ts'

const REFUSED = 'RG004'
const FORBIDDEN = '42501'
const KEY = Buffer.from(IDENTITY_KEY.slice(3), 'base64')
const inSeconds = (seconds: number) => Date.now() / 1000 + seconds

/** One signed row as the Worker makes it, or nearly. */
async function row(
  over: { sub?: string; tenant?: string; exp?: number; key?: string; purpose?: 'seal' } = {},
) {
  const key = await importIdentityKey(over.key ?? IDENTITY_KEY)
  const rows = await auditRows(
    [
      {
        caller: caller(over.sub ?? 'alice', over.tenant),
        ...{
          requestId: 'r',
          tool: 'add_task',
          args: auditedArguments({}),
          startedAt: Date.now(),
          ms: 1,
          outcome: 'success',
        },
      },
    ],
    key,
  )
  const content = { exp: over.exp ?? inSeconds(30), ...rows }
  return signed(over.purpose ?? 'audit', content, key)
}

describe.each(databases)('the audit log, on $engine', ({ start }) => {
  let db: TestDatabase
  const enter = async (userId: string, access: string): Promise<Statement> => [
    'select rowgate.enter($1, $2, $3)',
    [await seal(caller(userId), await importIdentityKey(IDENTITY_KEY), Date.now()), access, 5_000],
  ]
  const as = async (userId: string, statements: readonly Statement[], access = 'write') =>
    db.transaction([await enter(userId, access), ...statements])
  const audit = (text: string): Statement => ['select rowgate.audit($1)', [text]]
  const count = async () =>
    Number((await db.endpoint.owner('select count(*) from rowgate.audit_log')).rows[0]?.[0])

  beforeAll(async () => {
    db = await start()
  })
  afterAll(() => db.close())

  test('takes a row that the Worker signed for this caller, once', async () => {
    const text = await row()
    expect(await as('alice', [audit(text)])).toEqual([{ audit: '' }])
    const before = await count()
    expect(await as('alice', [audit(text)])).toEqual([{ audit: '' }])
    expect(await db.transaction([['select rowgate.audit_later($1)', [text]]])).not.toBeTypeOf('string')
    expect(await count()).toBe(before)
  })

  test('takes rows in the longer form too, which a Worker sends that was deployed before the migration', async () => {
    const entry = {
      ...{ id: crypto.randomUUID(), sub: 'alice', tenant: 'default', client: null, tool: 'old_tool' },
      ...{
        outcome: 'success',
        at: Date.now(),
        ms: 1,
        request: 'r',
        arguments: 'h',
        targets: ['t/1'],
        count: 1,
      },
    }
    const key = await importIdentityKey(IDENTITY_KEY)
    const text = await signed('audit', { exp: inSeconds(30), entries: [entry] }, key)
    await db.transaction([['select rowgate.audit_later($1)', [text]]])
    const { rows } = await db.endpoint.owner(
      `select id, user_id, arguments_hash, targets from rowgate.audit_log where tool = 'old_tool'`,
    )
    expect(rows).toEqual([[entry.id, 'alice', 'h', '{t/1}']])
  })

  test('takes no row in any other form, and the refusal is always the same', async () => {
    const [id = '', body = '', mac = ''] = (await row()).split('.')
    const other = (await row()).split('.')
    const hmac = (message: string) => createHmac('sha256', KEY).update(message).digest('hex')
    const before = await count()
    const forged = {
      nothing: '',
      'no mac': `${id}.${body}.`,
      "another row's mac": `${id}.${body}.${other[2]}`,
      'another row under this mac': `${id}.${other[1]}.${mac}`,
      'a mac of the body alone': `${id}.${body}.${hmac(body)}`,
      'a mac for a seal': await row({ purpose: 'seal' }),
      'a mac for a context': `${id}.${body}.${hmac(`context ${body}`)}`,
      'another key': await row({ key: `k1:${Buffer.alloc(32, 'x').toString('base64')}` }),
      'an unknown key': await row({ key: `k7:${KEY.toString('base64')}` }),
      'a row that is over': await row({ exp: inSeconds(-1) }),
      'a row for ever': await row({ exp: inSeconds(3_600) }),
    }
    for (const [form, text] of Object.entries(forged)) {
      expect.soft(await as('alice', [audit(text)]), form).toBe(REFUSED)
      expect.soft(await db.transaction([['select rowgate.audit_later($1)', [text]]]), form).toBe(REFUSED)
    }
    expect(await as('alice', [['select rowgate.audit(null)']])).toBe(REFUSED)
    expect(await count()).toBe(before)
  })

  test("takes no row of another caller's or tenant's, none outside a write, and none without a caller", async () => {
    const alices = await row()
    expect(await as('bob', [audit(alices)])).toBe(REFUSED)
    expect(await as('alice', [audit(await row({ tenant: 'acme' }))])).toBe(REFUSED)
    expect(await as('alice', [audit(alices)], 'read')).toBe(REFUSED)
    expect(await db.transaction([audit(alices)])).toBe(REFUSED)
  })

  test('is not written, changed or emptied by SQL, nor are its chain, its key or its triggers reached', async () => {
    await as('alice', [audit(await row())])
    for (const text of [
      `insert into rowgate.audit_log values ('default', 99, gen_random_uuid(), now(), 'alice', null, 't', 'success', 1, 'r', 'h', '{}', 0, '')`,
      `update rowgate.audit_log set outcome = 'CONFLICT'`,
      'delete from rowgate.audit_log',
      'truncate rowgate.audit_log',
      'select * from rowgate.audit_heads',
      `update rowgate.audit_heads set seq = 0`,
      `select rowgate.append_audit('default', '[]')`,
      `select rowgate.open_audit('x')`,
      `select rowgate.prune_audit('default', now())`,
      `select rowgate.audit_hash('', null)`,
      'alter table rowgate.audit_log disable row level security',
      'alter table public.tasks disable trigger rowgate_touched_by_insert',
      'drop trigger rowgate_touched_by_insert on public.tasks',
    ]) {
      expect.soft(await as('alice', [[text]]), text).toBe(FORBIDDEN)
    }
    expect(await as('alice', [[`set local session_replication_role = replica`]])).toBe(FORBIDDEN)
  })

  test('shows each caller their own rows, whatever SQL asks', async () => {
    await as('bob', [audit(await row({ sub: 'bob' }))])
    const whose = 'select distinct user_id as it from rowgate.audit_log'
    expect(await as('alice', [[whose]], 'read')).toEqual([{ it: 'alice' }])
    expect(await as('carol', [[`${whose} where true or user_id = 'bob'`]], 'read')).toEqual([])
    expect(await db.transaction([[whose]])).toEqual([])
  })

  test('names what a transaction changed: inserts, updates, deletes, of several tables, up to a hundred', async () => {
    const ids = Array.from({ length: 150 }, () => crypto.randomUUID())
    const insert: Statement = [
      `insert into tasks (id, user_id, title) select unnest($1::uuid[]), 'zoe', 'x'`,
      [ids],
    ]
    const targets = async () =>
      (
        await db.endpoint.owner(
          `select cardinality(targets), target_count, targets[1] from rowgate.audit_log where user_id = 'zoe' order by seq desc limit 1`,
        )
      ).rows[0]
    const done = async (statements: Statement[]) =>
      as('zoe', [...statements, audit(await row({ sub: 'zoe' }))])
    await done([insert])
    expect(await targets()).toEqual(['100', '150', `tasks/${ids[0]}`])
    await done([
      [`update tasks set title = 'y' where id = $1`, [ids[3]]],
      ['delete from tasks where id = $1', [ids[4]]],
    ])
    expect(await targets()).toEqual(['2', '2', `tasks/${ids[3]}`])
    await done([['update tasks set title = title where false']])
    expect(await targets()).toEqual(['0', '0', null])
  })
})

describe.each(databases)('npm run audit:verify, on $engine', ({ start }) => {
  let rowgate: Rowgate
  const owner = (sql: string) => rowgate.database.endpoint.owner(sql)
  const problems = async () => (await verifyAudit(owner)).map(({ tenant, problem }) => [tenant, problem])
  const at = (seq: number) => `tenant_id = 'acme' and seq = ${seq}`

  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
    for (const title of ['1', '2', '3', '4', '5', '6', "it's — ünïcode \\ \u{1d54f}"]) {
      for (const tenant of ['acme', "o'neil; drop"])
        await rowgate.call('al"ice', 'add_task', { title }, { tenant })
    }
    await owner('create table saved as select * from rowgate.audit_log')
    await owner('create table saved_heads as select * from rowgate.audit_heads')
  })
  beforeEach(async () => {
    await owner('delete from rowgate.audit_log; insert into rowgate.audit_log select * from saved')
    await owner('delete from rowgate.audit_heads; insert into rowgate.audit_heads select * from saved_heads')
  })
  afterAll(() => rowgate.close())

  test('says that an untouched log is whole', async () => {
    expect(await verifyAudit(owner)).toEqual([
      { tenant: 'acme', rows: 7, seq: 7, head: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { tenant: "o'neil; drop", rows: 7, seq: 7, head: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
  })

  test.each([
    `user_id = 'bob'`,
    `client_id = ''`,
    `tool = 'list_tasks'`,
    `outcome = 'CONFLICT'`,
    `at = at + interval '1 microsecond'`,
    `duration_ms = duration_ms + 1`,
    `request_id = request_id || ' '`,
    `arguments_hash = repeat('0', 64)`,
    `targets = '{}'`,
    `target_count = 7`,
    `id = gen_random_uuid()`,
    `hash = sha256('x')`,
    `tool = '', outcome = tool || outcome`,
  ])('finds the row in which %s was set', async (change) => {
    await owner(`update rowgate.audit_log set ${change} where ${at(4)}`)
    expect(await problems()).toEqual([
      ['acme', expect.stringMatching(/^row 4 .*is not the original/)],
      ["o'neil; drop", undefined],
    ])
  })

  test.each([
    ['the first', 1, /^row 1 is missing: the next one is 2/],
    ['one in the middle', 3, /^row 3 is missing: the next one is 4/],
    ['the last', 7, /^row 7 is missing, and all that follow up to 7/],
  ])('finds that %s is missing', async (_, seq, problem) => {
    await owner(`delete from rowgate.audit_log where ${at(seq)}`)
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(problem)])
  })

  test('finds that all of a chain is missing', async () => {
    await owner(`delete from rowgate.audit_log where tenant_id = 'acme'`)
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 1 is missing/)])
  })

  test('finds a chain without its head, and a head set back', async () => {
    await owner(`delete from rowgate.audit_heads where tenant_id = 'acme'`)
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 1 .*was inserted/)])
    await owner(`insert into rowgate.audit_heads select * from saved_heads where tenant_id = 'acme'`)
    await owner(`update rowgate.audit_heads set seq = 6 where tenant_id = 'acme'`)
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 7 .*was inserted/)])
  })

  test('finds two rows that changed places', async () => {
    await owner(`update rowgate.audit_log set seq = -1 where ${at(2)};
      update rowgate.audit_log set seq = 2 where ${at(3)}; update rowgate.audit_log set seq = 3 where ${at(-1)}`)
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 2 .*moved/)])
  })

  test('finds a row that was inserted: at the end, in front, and from another tenant', async () => {
    const copy = (seq: number, from: string) =>
      owner(`insert into rowgate.audit_log select 'acme', ${seq}, gen_random_uuid(), at, user_id, client_id, tool, outcome, duration_ms,
        request_id, arguments_hash, targets, target_count, hash from saved where tenant_id = '${from}' and seq = 1`)
    await copy(8, 'acme')
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 8 .*was inserted/)])
    await owner(`delete from rowgate.audit_log where ${at(8)}`)
    await copy(0, 'acme')
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 0 .*was inserted/)])
    await owner(`delete from rowgate.audit_log where ${at(0)} or ${at(5)}`)
    await copy(5, "o''neil; drop")
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 5 .*moved or replaced/)])
  })

  test('goes on from where the log was pruned, and finds what is missing after that', async () => {
    const pruned = await owner(`select rowgate.prune_audit('acme', (select at from saved where ${at(4)}))`)
    expect(pruned.rows).toEqual([['3']])
    expect((await problems())[0]).toEqual(['acme', undefined])
    await owner(`delete from rowgate.audit_log where ${at(4)}`)
    expect((await problems())[0]).toEqual(['acme', expect.stringMatching(/^row 4 is missing/)])
    await owner(`select rowgate.prune_audit('acme', '2999-01-01')`)
    expect((await problems())[0]).toEqual(['acme', undefined])
  })
})
