/**
 * The response cache in workerd, in the Cache API and in Redis: whose entries are served, what outdates them,
 * who shares a load.
 */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type GateProxy, startGateProxy } from '../../support/faults/gate-proxy.ts'
import { type Stall, startStall } from '../../support/faults/stalling-proxy.ts'
import { type Grant, type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { wrangler } from '../../support/product/workerd.ts'
import { startDatabase } from '../../support/servers/databases.ts'
import { redisMissing, startRedis, type TestRedis } from '../../support/servers/redis.ts'
import { absent } from '../../support/skip-without.ts'
import { SOON_MS } from '../../support/timeouts.ts'

/** A store that takes longer is passed by, which on a busy machine would be any. */
const STORE_WAIT_MS = 3_000

const STORES = [
  { store: 'the Cache API', engine: undefined },
  ...(redisMissing() ? [] : [{ store: 'Redis', engine: startRedis }]),
]

describe.skipIf(absent('directory', 'sql')).each(STORES)('in $store', ({ engine }) => {
  let redis: TestRedis | undefined
  let stall: Stall | undefined
  let gate: GateProxy
  let rowgate: Rowgate
  const worker = wrangler()
  beforeAll(async () => {
    redis = await engine?.()
    stall = redis && (await startStall(redis.port))
    const database = await startDatabase()
    gate = await startGateProxy(database.endpoint.url, (body) => body.includes('websearch_to_tsquery'))
    rowgate = await startRowgate({
      worker,
      database: async () => database,
      env: {
        DATABASE_FETCH_ENDPOINT: gate.url,
        CACHE_WAIT_MS: String(STORE_WAIT_MS),
        ...(redis && stall && { REDIS_URL: `redis://:${redis.password}@127.0.0.1:${stall.port}` }),
      },
    })
  })
  afterAll(async () => {
    await worker.close()
    await gate.close()
    await rowgate.close()
    await stall?.close()
    await redis?.close()
  })

  async function ask(user: string, tool: string, args: Record<string, unknown>, grant: Grant = {}) {
    const client = await rowgate.client(user, grant)
    const { structuredContent, _meta } = await client.callTool({ name: tool, arguments: args })
    await client.close()
    const { status, data } = Object(structuredContent)
    return { status, data, note: Object(_meta?.['rowgate/cache']) }
  }

  const search = (user: string, word: string, grant?: Grant) =>
    ask(user, 'optimized_search', { search_term: word }, grant)

  function hit(user: string, word: string, grant?: Grant) {
    return vi.waitFor(async () => {
      const answer = await search(user, word, grant)
      expect(answer.note.status).toBe('hit')
      return answer
    }, SOON_MS)
  }

  const namesIn = ({ columns, rows }: { columns: string[]; rows: unknown[][] }) =>
    rows.map((row) => row[columns.indexOf('name')])

  const add = (user: string, name: string, grant?: Grant) =>
    ask(user, 'create_user', { name, email: `${crypto.randomUUID()}@example.com` }, grant)

  test('the same question is answered without the database, with the same data', async () => {
    await add('ada', 'Lovelace One')
    const first = await search('ada', 'lovelace')
    expect(first.note).toEqual({ status: 'miss', age_ms: 0 })
    await hit('ada', 'lovelace')
    const asked = gate.asked()
    const second = await search('ada', 'lovelace')
    expect(gate.asked()).toBe(asked)
    expect(second.data).toEqual(first.data)
    expect(second.note).toMatchObject({ status: 'hit', age_ms: expect.any(Number) })
  })

  test('a write is seen by the next read of its tenant', async () => {
    await add('ada', 'Hopper One')
    await search('ada', 'hopper')
    await hit('ada', 'hopper')
    await add('grace', 'Hopper Two')
    const { data, note } = await search('ada', 'hopper')
    expect(note.status).toBe('miss')
    expect(namesIn(data).sort()).toEqual(['Hopper One', 'Hopper Two'])
  })

  test('two tenants with the same question each get their own, kept or not', async () => {
    const tenants = [{ tenant: 'north' }, { tenant: 'south' }, { tenant: 'north south' }]
    for (const grant of tenants) await add('boss', `Curie ${grant.tenant}`, grant)
    for (const round of [1, 2, 3]) {
      for (const grant of tenants) {
        const { data } =
          round === 3 ? await hit('boss', 'curie', grant) : await search('boss', 'curie', grant)
        expect(namesIn(data)).toEqual([`Curie ${grant.tenant}`])
      }
    }
  })

  test('tools whose answer does not depend on who asks share it; what is validated wrong is not answered from it', async () => {
    const listed = await ask('ada', 'list_tables', {})
    await vi.waitFor(
      async () => expect((await ask('bob', 'list_tables', {}, { tenant: 'x' })).note.status).toBe('hit'),
      SOON_MS,
    )
    expect((await ask('bob', 'list_tables', {}, { tenant: 'x' })).data).toEqual(listed.data)
    const described = await ask('ada', 'describe_tables', { tables: ['tasks'] })
    const again = () => ask('bob', 'describe_tables', { tables: ['tasks'] })
    await vi.waitFor(async () => expect((await again()).note.status).toBe('hit'), SOON_MS)
    expect((await again()).data).toEqual(described.data)
    expect((await ask('ada', 'list_tables', { limit: 'all' })).status).toBe('error')
  })

  test('concurrent questions are one load', async () => {
    await add('ada', 'Hamilton One')
    await search('ada', 'warm')
    const before = gate.asked()
    gate.shut()
    const crowd = Array.from({ length: 6 }, () => search('ada', 'hamilton'))
    await vi.waitFor(() => expect(gate.asked()).toBe(before + 1), SOON_MS)
    gate.open()
    const answers = await Promise.all(crowd)
    expect(gate.asked()).toBe(before + 1)
    expect(answers.map(({ note }) => note.status).sort()).toEqual(['hit', 'hit', 'hit', 'hit', 'hit', 'miss'])
    for (const { data } of answers) expect(namesIn(data)).toEqual(['Hamilton One'])
  })

  test('a load whose request is given up leaves nobody waiting: one of those who do loads', async () => {
    await add('ada', 'Noether One')
    await search('ada', 'warm')
    const before = gate.asked()
    gate.shut()
    const gone = new AbortController()
    const leader = post(await rowgate.token('ada'), 'noether', gone.signal).catch(() => undefined)
    await vi.waitFor(() => expect(gate.asked()).toBe(before + 1), SOON_MS)
    const crowd = Array.from({ length: 6 }, () => search('ada', 'noether'))
    gone.abort()
    await leader
    await vi.waitFor(() => expect(gate.asked()).toBe(before + 2), SOON_MS)
    gate.open()
    for (const { data } of await Promise.all(crowd)) expect(namesIn(data)).toEqual(['Noether One'])
    expect(gate.asked()).toBe(before + 2)
  })

  if (engine !== undefined) {
    test('nothing in Redis has a name or a caller in the clear', async () => {
      const names = await redis?.admin.keys('*')
      expect(names?.length).toBeGreaterThan(0)
      expect(names?.join(' ')).not.toMatch(/ada|curie|north|optimized/i)
    })

    test('a Redis that falls silent, and one that is gone, cost no call its answer', async () => {
      await add('ada', 'Franklin One')
      stall?.stall()
      expect(namesIn((await search('ada', 'franklin')).data)).toEqual(['Franklin One'])
      await add('ada', 'Franklin Two')
      expect((await search('ada', 'franklin')).data.row_count).toBe(2)
      await redis?.kill()
      expect((await search('ada', 'franklin')).data.row_count).toBe(2)
    })
  }

  /** A client's own transport would hold on to what it gave up. */
  async function post(token: string, word: string, signal: AbortSignal): Promise<Response> {
    return rowgate.fetch('http://localhost/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'optimized_search', arguments: { search_term: word } },
      }),
      signal,
    })
  }
})
