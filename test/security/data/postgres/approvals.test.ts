/** The functions of approvals: each keeps its own rule, whatever the Worker in front of them passes. */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seal } from '../../../../src/data/postgres/seal.ts'
import type { Caller } from '../../../../src/infra/caller.ts'
import { importIdentityKey } from '../../../../src/infra/identity-key.ts'
import {
  anyDatabase,
  IDENTITY_KEY,
  type Statement,
  type TestDatabase,
} from '../../../support/servers/databases.ts'

const SCOPES = ['approvals:read', 'approvals:write']
const ALICE = { userId: 'alice', tenantId: 'acme', scopes: new Set(SCOPES) }
const MEBIBYTE = 1024 * 1024

describe.each(anyDatabase)('approvals in $engine', ({ start }) => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await start()
  })
  afterAll(() => db.close())

  /** The value of the statement, or its SQLSTATE. */
  async function as(caller: Caller, statement: Statement, access = 'write') {
    const sealed = await seal(caller, await importIdentityKey(IDENTITY_KEY), Date.now())
    const rows = await db.transaction([
      ['select rowgate.enter($1, $2, $3)', [sealed, access, 5_000]],
      statement,
    ])
    return typeof rows === 'string' ? rows : (rows[0]?.it as Record<string, unknown> | null)
  }
  interface Ask {
    readonly caller?: Caller
    readonly tool?: string
    readonly hash: string
    readonly asked?: object
  }
  const ask = ({ caller = ALICE, tool = 'insert_row', hash, asked = {} }: Ask) =>
    as(caller, [
      'select rowgate.ask_approval($1, $2, $3, $4, false) as it',
      [tool, hash, 'an agent', JSON.stringify(asked)],
    ])
  async function idOf(given: Ask): Promise<string> {
    const answer = await ask(given)
    if (typeof answer !== 'object') throw new Error(answer)
    return String(answer?.id)
  }
  const decide = (id: string, client: string | null, caller: Caller = ALICE, access = 'write') =>
    as(caller, ['select rowgate.decide_approval($1, true, $2) as it', [id, client]], access)
  const owner = (sql: string) => db.endpoint.owner(sql)

  test('one is of its caller, tenant and tool, whatever else has the same hash', async () => {
    const hash = randomUUID()
    const id = await idOf({ hash })
    await decide(id, 'the console')
    expect(await ask({ hash })).toMatchObject({ id, approved: true })
    for (const other of [
      { caller: { ...ALICE, userId: 'bob' } },
      { caller: { ...ALICE, tenantId: 'globex' } },
      { tool: 'delete_row' },
    ]) {
      const answer = await ask({ hash, ...other })
      expect(answer).toMatchObject({ approved: null })
      expect(answer).not.toMatchObject({ id })
    }
  })

  test('one that has expired is asked for anew, behind however many others that have', async () => {
    const hash = randomUUID()
    const id = await idOf({ hash })
    await decide(id, 'the console')
    await owner(`update rowgate.approvals set expires_at = now() - interval '1 s' where id = '${id}';
      insert into rowgate.approvals (tenant_id, user_id, tool, arguments_hash, asked, expires_at)
      select 'acme', 'carol', 'insert_row', n::text, '{}', now() - interval '1 day' from generate_series(1, 50) n`)
    const answer = await ask({ hash })
    expect(answer).toMatchObject({ approved: null })
    expect(answer).not.toMatchObject({ id })
  })

  test('one waits for ten minutes, and is not kept waiting by asking again', async () => {
    const hash = randomUUID()
    const id = await idOf({ hash })
    const { rows } = await owner(
      `select extract(epoch from expires_at - asked_at) from rowgate.approvals where id = '${id}'`,
    )
    expect(Number(rows[0]?.[0])).toBe(600)
    await owner(`update rowgate.approvals set expires_at = expires_at - interval '5 min' where id = '${id}'`)
    const before = await owner(`select expires_at from rowgate.approvals where id = '${id}'`)
    expect(await idOf({ hash })).toBe(id)
    expect(await owner(`select expires_at from rowgate.approvals where id = '${id}'`)).toEqual(before)
  })

  test('nobody decides without a client, as the client that asked, or without the scope', async () => {
    const id = await idOf({ hash: randomUUID() })
    expect(await decide(id, null)).toBe('RG010')
    expect(await decide(id, 'an agent')).toBe('RG010')
    expect(await decide(id, 'the console', { ...ALICE, scopes: new Set(['approvals:read']) })).toBe('42501')
    expect(await decide(id, 'the console', ALICE, 'read')).toMatch(/^[0-9A-Z]{5}$/)
    expect(await decide(id, 'the console', { ...ALICE, userId: 'bob' })).toBe(null)
    expect(await decide(id, 'the console')).toMatchObject({ state: 'approved' })
  })

  test('nobody lists without the scope', async () => {
    const list = (scopes: readonly string[]) =>
      as({ ...ALICE, scopes: new Set(scopes) }, ['select rowgate.list_approvals() as it'], 'read')
    expect(await list(['approvals:write'])).toBe('42501')
    expect(Array.isArray(await list(['approvals:read']))).toBe(true)
  })

  test('more than 1 MiB is not kept', async () => {
    expect(await ask({ hash: randomUUID(), asked: { question: 'x'.repeat(MEBIBYTE) } })).toBe('22023')
  })
})
