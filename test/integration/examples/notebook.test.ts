/** The notebook's tools on D1, through the endpoint in workerd. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineServer, startEngineServer } from '../../support/product/engine-server.ts'

const NO_SUCH_ID = '01900000-0000-7000-8000-000000000000'

let rowgate: EngineServer
beforeAll(async () => {
  rowgate = await startEngineServer({})
  await rowgate.server.getWorker().applyD1Migrations('DB')
})
afterAll(() => rowgate.close())

async function write(user: string, title: string, rest: object = {}): Promise<string> {
  const { data } = await rowgate.call(user, 'create_task', { title, ...rest })
  return data.id
}

async function titles(user: string, filter: object = {}, grant: object = {}): Promise<string[]> {
  const { data } = await rowgate.call(user, 'get_tasks', filter, grant)
  return data.rows.map((row: unknown[]) => row[data.columns.indexOf('title')])
}

describe('the notebook', () => {
  test('keeps a note that is written, found, moved on and deleted', async () => {
    const made = await rowgate.call('ada', 'create_task', {
      title: ' call Babbage ',
      details: 'on the mill',
      priority: 5,
    })
    const { id: note_id, created_at } = made.data
    expect(made.data).toMatchObject({ title: 'call Babbage', details: 'on the mill', status: 'pending' })
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const moved = await rowgate.call('ada', 'update_task_status', { note_id, status: 'in_progress' })
    expect(moved.data).toMatchObject({ id: note_id, status: 'in_progress', priority: 5, created_at })
    expect(await titles('ada', { status: 'in_progress' })).toEqual(['call Babbage'])
    expect(await titles('ada', { status: 'pending' })).toEqual([])
    expect((await rowgate.call('ada', 'delete_note', { note_id })).data).toEqual({
      id: note_id,
      deleted: true,
    })
    expect((await rowgate.call('ada', 'delete_note', { note_id })).error?.code).toBe('NOT_FOUND')
    expect(await titles('ada', { text: 'babbage' })).toEqual([])
  })

  test('is read most urgent first, then newest first, and goes on by cursor without gap or repeat', async () => {
    const order = ['urgent, later', 'urgent', 'middle', 'low, later', 'low']
    for (const [title, priority] of [
      ['low', 1],
      ['urgent', 5],
      ['low, later', 1],
      ['middle', 3],
      ['urgent, later', 5],
    ] as const)
      await write('grace', title, { priority })
    expect(await titles('grace')).toEqual(order)
    expect(await titles('grace', { priority: 5 })).toEqual(['urgent, later', 'urgent'])
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { data } = await rowgate.call('grace', 'get_tasks', { limit: 2, cursor })
      seen.push(...data.rows.map((row: unknown[]) => row[1]))
      expect(data.truncated).toBe(data.next_cursor !== undefined)
      cursor = data.next_cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(order)
  })

  test('finds notes by the beginnings of words, in title and details, whatever the accents', async () => {
    await write('zoe', 'Crème brûlée', { details: 'for eight guests' })
    await write('zoe', 'Gästeliste', { details: '東京 タワー' })
    expect(await titles('zoe', { text: 'creme' })).toEqual(['Crème brûlée'])
    expect(await titles('zoe', { text: 'BRU guest' })).toEqual(['Crème brûlée'])
    expect(await titles('zoe', { text: 'brulee nobody' })).toEqual([])
    expect(await titles('zoe', { text: '東京' })).toEqual(['Gästeliste'])
    expect(await titles('zoe', { text: 'g' })).toEqual(['Gästeliste', 'Crème brûlée'])
  })

  test('takes a repeated idempotency key for the same note, per caller, also in parallel', async () => {
    const calls = Array.from({ length: 8 }, () => write('max', 'once', { idempotency_key: 'k' }))
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    expect(await titles('max')).toEqual(['once'])
    await write('lin', 'mine', { idempotency_key: 'k' })
    expect(await titles('lin')).toEqual(['mine'])
  })

  test('shows nobody the notes of another user, nor of the same user in another tenant', async () => {
    const note_id = await write('alice', 'private diary')
    for (const [user, tenant] of [
      ['bob', 'default'],
      ['alice', 'other'],
      ['Alice', 'default'],
      ['alice ', 'default'],
    ] as const) {
      for (const [tool, args] of [
        ['update_task_status', { status: 'completed' }],
        ['delete_note', {}],
      ] as const) {
        const foreign = await rowgate.call(user, tool, { note_id, ...args }, { tenant })
        expect(foreign.error?.code).toBe('NOT_FOUND')
        expect(foreign).toEqual(await rowgate.call(user, tool, { note_id: NO_SUCH_ID, ...args }, { tenant }))
      }
      expect(await titles(user, {}, { tenant })).toEqual([])
      expect(await titles(user, { text: 'private' }, { tenant })).toEqual([])
    }
    expect(await titles('alice', { status: 'pending' })).toEqual(['private diary'])
  })

  test('crosses no rows of two users who call in parallel', async () => {
    const users = ['tick', 'trick', 'tick', 'trick', 'tick', 'trick']
    await Promise.all(users.map((user, i) => write(user, `${user} ${i}`)))
    const lists = await Promise.all(users.map((user) => titles(user)))
    lists.forEach((list, i) => {
      expect(list).toHaveLength(3)
      expect(list.every((title) => title.startsWith(`${users[i]} `))).toBe(true)
    })
  })
})

/** Each goes through every string there is; none may be more than text. */
const TEXTS = [
  "'; drop table notebook; --",
  "' or 1=1 --",
  '" OR "1"="1',
  '*',
  'title:x OR details:y',
  '{title details} : secret',
  'NEAR("secret" "diary", 5)',
  'secret OR diary',
  'NOT secret',
  '^secret',
  '"unclosed',
  '"""',
  'a"b"*',
  '-- (\n)',
  '%',
  '_%_',
  '\\',
  '__proto__',
  '1e309',
  '🦀 + 🧀',
  'nul\u0000byte',
  '\uFFFF\u202E',
]

describe('a hostile text', () => {
  beforeAll(async () => void (await write('victim', 'secret diary', { idempotency_key: 'secret' })))

  test.each(TEXTS)(
    '%j is kept to the letter, searched for as words, and finds nobody else’s',
    async (text) => {
      const user = `eve ${encodeURIComponent(text)}`
      const made = await rowgate.call(user, 'create_task', {
        title: text,
        details: text,
        idempotency_key: text,
      })
      expect(made.data).toMatchObject({ title: text, details: text })
      const found = await rowgate.call(user, 'get_tasks', { text })
      expect(found.status).toBe('success')
      expect(found.data.rows.every((row: unknown[]) => row[1] === text)).toBe(true)
      expect(await titles('victim')).toEqual(['secret diary'])
    },
  )

  test('that holds letters finds its own note again', async () => {
    await write('finder', `it's "quoted" (50%) NOT lost*`)
    for (const text of ['"quoted"', "it's", 'NOT', '(50%)', 'lost*', 'not lost'])
      expect(await titles('finder', { text }), text).toHaveLength(1)
  })
})

test.each<[tool: string, args: Record<string, unknown>, named: string]>([
  ['create_task', { title: '' }, 'title'],
  ['create_task', { title: 'x'.repeat(201) }, 'title'],
  ['create_task', { title: 'x', details: 'x'.repeat(4001) }, 'details'],
  ['create_task', { title: 'x', priority: 6 }, 'priority'],
  ['create_task', { title: 'x', priority: '5' }, 'priority'],
  ['create_task', { title: 'x', priority: 2 ** 53 }, 'priority'],
  ['create_task', { title: 'x', user_id: 'alice' }, 'user_id'],
  ['create_task', { title: 'x', tenantId: 'other' }, 'tenantId'],
  ['get_tasks', { cursor: '6.01900000-0000-7000-8000-000000000000' }, 'cursor'],
  ['get_tasks', { cursor: "5.' or 1=1 --" }, 'cursor'],
  ['get_tasks', { text: { match: 'x' } }, 'text'],
  ['get_tasks', { text: ['x'] }, 'text'],
  ['get_tasks', { status: "pending' or '1'='1" }, 'status'],
  ['get_tasks', { limit: -1 }, 'limit'],
  ['update_task_status', { note_id: NO_SUCH_ID, status: 'done' }, 'status'],
  ['delete_note', { note_id: '%' }, 'note_id'],
])('%s refuses %j and names what is wrong', async (tool, args, named) => {
  const { error } = await rowgate.call('eve', tool, args)
  expect(error?.code).toBe('VALIDATION_ERROR')
  expect(error?.message).toContain(named)
})

test('a prototype in the arguments owns nothing', async () => {
  const args = JSON.parse('{"title":"x","__proto__":{"userId":"victim","tenantId":"other"}}')
  expect((await rowgate.call('proto', 'create_task', args)).status).toBe('success')
  expect(await titles('proto')).toEqual(['x'])
  expect(await titles('victim')).toEqual(['secret diary'])
})

test('without MySQL its toolset is off the list, and the notebook is on it', async () => {
  const names = await rowgate.list('ada')
  expect(names).toContain('get_tasks')
  expect(names).not.toContain('search_products')
})

test('without its binding, which wrangler.toml does not have, its tools are not listed', async () => {
  const unbound = await startEngineServer({}, 'wrangler.toml')
  expect(await unbound.list('ada')).not.toContain('create_task')
  await unbound.close()
  expect(await rowgate.list('ada')).toContain('create_task')
})
