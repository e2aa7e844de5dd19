/** Health endpoints and system tools, with a database that is well, unsafe, and gone. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ORIGIN, type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { databases, letIn } from '../../support/servers/databases.ts'

const READER = { scopes: ['system:health', 'system:read'] }

async function health(
  rowgate: Rowgate,
): Promise<{ status: number; text: string; body: Record<string, unknown> }> {
  const response = await rowgate.fetch(`${ORIGIN}/health/database`)
  const text = await response.text()
  return { status: response.status, text, body: JSON.parse(text) }
}

describe.each(databases)('health on $engine', ({ engine, start }) => {
  let rowgate: Rowgate
  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
  })
  afterAll(() => rowgate.close())

  test('a stranger learns that the database answers, how fast, and that its login is safe; nothing else', async () => {
    const { status, text, body } = await health(rowgate)
    expect(status).toBe(200)
    expect(body).toEqual({
      status: 'ok',
      engines: { postgres: { status: 'up', ms: expect.any(Number), login: 'safe' } },
    })
    expect(text).not.toMatch(/127\.0\.0\.1|localhost|invalid|rowgate_|1[5-9]\.\d/)
  })

  test('many who ask at once, and again soon, cost the database one question', async () => {
    const fresh = await startRowgate({
      database: async () => ({ ...rowgate.database, close: async () => undefined }),
    })
    const before = rowgate.database.endpoint.requests()
    const answers = await Promise.all(Array.from({ length: 20 }, () => health(fresh)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await health(fresh)
    expect(rowgate.database.endpoint.requests() - before).toBe(1)
    await fresh.close()
  })

  test('health_check says the same to a caller who may ask, and is not listed for others', async () => {
    const { data } = await rowgate.call('ada', 'health_check', {}, READER)
    expect(data).toMatchObject({ status: 'ok', engines: { postgres: { status: 'up', login: 'safe' } } })
    const { tools } = await (await rowgate.client('bob', { scopes: ['tasks:read'] })).listTools()
    expect(tools.map(({ name }) => name)).not.toContain('health_check')
  })

  test('database_diagnostics works with the restricted login and gives figures, no rows', async () => {
    await rowgate.call('ada', 'add_task', { title: 'a secret title' })
    await rowgate.database.endpoint.owner('create table "Order Items" (id int primary key)')
    await rowgate.database.endpoint.owner('insert into "Order Items" select generate_series(1, 20000)')
    const { data, error } = await rowgate.call('ada', 'database_diagnostics', {}, READER)
    expect(error).toBeUndefined()
    expect(data.version).toMatch(/^\d+/)
    expect(data.database_bytes).toBeGreaterThan(1_000_000)
    expect(data.tables.map(({ table }: { table: string }) => table)).toContain('public.tasks')
    expect(data.indexes.map(({ index }: { index: string }) => index)).toContain('tasks_newest')
    const odd = data.tables.find(({ table }: { table: string }) => table.includes('Order Items'))
    expect(odd).toMatchObject({ table: 'public."Order Items"', rows_estimated: null })
    expect(data.indexes).toContainEqual(
      expect.objectContaining({ index: '"Order Items_pkey"', table: 'public."Order Items"' }),
    )
    expect(data.settings.max_connections).toMatch(/^\d+$/)
    expect(JSON.stringify(data)).not.toContain('secret')
  })

  test('its function refuses a caller without system:read, whatever SQL asks', async () => {
    expect(await rowgate.database.transaction([['select rowgate.diagnostics()']])).toBe('42501')
    await expect(
      rowgate.database.as('alice').read((db) => [db.execute('select rowgate.diagnostics()')]),
    ).rejects.toMatchObject({ code: 'AUTHORIZATION_ERROR' })
  })

  test('a login that could step around row security is 503 and said to be unsafe', async () => {
    const owner = engine === 'PostgreSQL 15' ? 'rowgate_owner' : 'postgres'
    if (owner === 'postgres') await rowgate.database.endpoint.owner(letIn(owner))
    const unsafe = await startRowgate({
      database: async () => ({ ...rowgate.database, close: async () => undefined }),
      env: { DATABASE_URL: rowgate.database.url(owner) },
    })
    const { status, body } = await health(unsafe)
    expect(status).toBe(503)
    expect(body).toMatchObject({ status: 'down', engines: { postgres: { status: 'down', login: 'unsafe' } } })
    await unsafe.close()
  })
})

test('a database that is gone is 503 at once, with no word of where it was', async () => {
  const rowgate = await startRowgate({ env: { DATABASE_FETCH_ENDPOINT: 'http://127.0.0.1:1/sql' } })
  const { status, text, body } = await health(rowgate)
  expect(status).toBe(503)
  expect(body).toEqual({ status: 'down', engines: { postgres: { status: 'down', ms: expect.any(Number) } } })
  expect(text).not.toContain('127.0.0.1')
  expect((await rowgate.fetch(`${ORIGIN}/health`)).status).toBe(200)
  await rowgate.close()
})
