/** The tasks tools through a real client, on both Postgres servers. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasks } from '../../../src/examples/tasks/tools.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { anyDatabase } from '../../support/servers/databases.ts'

const NO_SUCH_ID = '01900000-0000-7000-8000-000000000000'

describe.each(anyDatabase)('tasks on $engine', ({ start }) => {
  let rowgate: Rowgate
  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
  })
  afterAll(() => rowgate.close())

  async function add(user: string, title: string, rest: object = {}): Promise<string> {
    const { data } = await rowgate.call(user, 'add_task', { title, ...rest })
    return data.id
  }

  async function titles(user: string, filter: object = {}): Promise<string[]> {
    const { data } = await rowgate.call(user, 'list_tasks', { ...filter })
    const column = data.columns.indexOf('title')
    return data.rows.map((row: unknown[]) => row[column])
  }

  test('null for an optional argument is as if left out, and deletes nothing', async () => {
    const id = await add('nell', 'write', { description: null, idempotency_key: null })
    const all = { title: null, description: null, completed: null, clear: null }
    await rowgate.call('nell', 'update_task', { task_id: id, description: 'on engines' })
    const changed = await rowgate.call('nell', 'update_task', { task_id: id, ...all, completed: true })
    expect(changed.data).toMatchObject({ title: 'write', description: 'on engines', completed: true })
    const listed = await rowgate.call('nell', 'list_tasks', {
      ...{ completed: null, text: null, limit: null, cursor: null },
    })
    expect(listed.data.row_count).toBe(1)
    const { error } = await rowgate.call('nell', 'update_task', { task_id: id, ...all })
    expect(error).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('must change at least one of'),
    })
    expect((await rowgate.call('nell', 'add_task', { title: null })).error?.message).toContain('`title`')
  })

  test('a field is emptied by name, and not while it is given', async () => {
    const id = await add('nell', 'write', { description: 'on engines' })
    const both = { task_id: id, description: 'on looms', clear: ['description'] }
    expect((await rowgate.call('nell', 'update_task', both)).error?.message).toContain('`clear`')
    expect((await rowgate.call('nell', 'update_task', { task_id: id, clear: ['title'] })).error?.code).toBe(
      'VALIDATION_ERROR',
    )
    const { data } = await rowgate.call('nell', 'update_task', { ...both, description: null })
    expect(data).toMatchObject({ title: 'write', description: null })
  })

  test.each([{}, { _meta: { progressToken: 1 } }])('arguments that are null are none: %j', async (meta) => {
    const response = await rowgate.fetch('http://localhost/mcp', {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        authorization: `Bearer ${await rowgate.token('nell')}`,
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name: 'list_tasks', arguments: null, ...meta },
      }),
    })
    expect(await response.text()).toContain('row_count')
  })

  test('a task is added, read, changed, completed and deleted', async () => {
    const id = await add('ada', '  write the paper ', { description: 'on engines' })
    const got = await rowgate.call('ada', 'get_task', { task_id: id })
    expect(got.data).toMatchObject({ title: 'write the paper', description: 'on engines', completed: false })

    const changed = await rowgate.call('ada', 'update_task', {
      task_id: id,
      title: 'write it',
      clear: ['description'],
    })
    expect(changed.data).toMatchObject({ title: 'write it', description: null, completed: false })
    expect(Date.parse(changed.data.updated_at)).toBeGreaterThan(Date.parse(changed.data.created_at))

    const done = await rowgate.call('ada', 'complete_task', { task_id: id })
    expect(done.data.completed).toBe(true)
    const open = await rowgate.call('ada', 'update_task', { task_id: id, completed: false })
    expect(open.data.completed).toBe(false)

    expect((await rowgate.call('ada', 'delete_task', { task_id: id })).data).toEqual({ id, deleted: true })
    expect((await rowgate.call('ada', 'get_task', { task_id: id })).error?.code).toBe('NOT_FOUND')
  })

  test('a list is newest first, filtered by state and text, and goes on by cursor without gap or repeat', async () => {
    for (const title of ['buy milk', '100% wool', 'buy_bread', 'sleep']) await add('grace', title)
    await rowgate.call('grace', 'complete_task', { task_id: await add('grace', 'buy ink') })

    expect(await titles('grace')).toEqual(['buy ink', 'sleep', 'buy_bread', '100% wool', 'buy milk'])
    expect(await titles('grace', { completed: true })).toEqual(['buy ink'])
    expect(await titles('grace', { completed: false, text: 'BUY' })).toEqual(['buy_bread', 'buy milk'])
    expect(await titles('grace', { text: '%' })).toEqual(['100% wool'])
    expect(await titles('grace', { text: '_' })).toEqual(['buy_bread'])

    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { data } = await rowgate.call('grace', 'list_tasks', {
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      })
      seen.push(...data.rows.map((row: unknown[]) => row[1]))
      expect(data.truncated).toBe(data.next_cursor !== undefined)
      cursor = data.next_cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(['buy ink', 'sleep', 'buy_bread', '100% wool', 'buy milk'])
  })

  test('a repeated idempotency key gives the first task and adds no second, per caller', async () => {
    const first = await rowgate.call('kay', 'add_task', { title: 'once', idempotency_key: 'k' })
    const again = await rowgate.call('kay', 'add_task', { title: 'twice', idempotency_key: 'k' })
    expect(again.data).toEqual(first.data)
    expect(await titles('kay')).toEqual(['once'])
    expect((await rowgate.call('lin', 'add_task', { title: 'mine', idempotency_key: 'k' })).data.title).toBe(
      'mine',
    )
  })

  test('parallel calls with one idempotency key add one task', async () => {
    const calls = Array.from({ length: 8 }, () =>
      rowgate.call('max', 'add_task', { title: 'race', idempotency_key: 'race' }),
    )
    const ids = new Set((await Promise.all(calls)).map(({ data }) => data.id))
    expect(ids.size).toBe(1)
    expect(await titles('max')).toEqual(['race'])
  })

  test.each([
    ['add_task', { title: '' }, 'title'],
    ['add_task', { title: ' \t\n' }, 'title'],
    ['add_task', { title: 'x'.repeat(201) }, 'title'],
    ['add_task', { title: 5 }, 'title'],
    ['add_task', {}, 'title'],
    ['add_task', { title: 'x', description: 'x'.repeat(1001) }, 'description'],
    ['add_task', { title: 'x', user_id: 'bob' }, 'user_id'],
    ['add_task', { title: 'x', __proto__: { admin: true }, constructor: 1 }, 'constructor'],
    ['add_task', { title: 'x', idempotency_key: '' }, 'idempotency_key'],
    ['list_tasks', { limit: 0 }, 'limit'],
    ['list_tasks', { limit: 101 }, 'limit'],
    ['list_tasks', { cursor: "' or 1=1 --" }, 'cursor'],
    ['get_task', { task_id: 'not-a-uuid' }, 'task_id'],
    ['update_task', { task_id: NO_SUCH_ID }, 'at least one'],
    ['update_task', { task_id: NO_SUCH_ID, title: '' }, 'title'],
  ])('%s refuses %j and names what is wrong', async (tool, args, named) => {
    const { error } = await rowgate.call('eve', tool, args)
    expect(error?.code).toBe('VALIDATION_ERROR')
    expect(error?.message).toContain(named)
  })

  test('the longest title and description are kept to the letter, whatever the script', async () => {
    const title = '𝕏é中'.repeat(50)
    const id = await add('amy', title, { description: '\\ \' " % _ ; --\n'.repeat(60) })
    const { data } = await rowgate.call('amy', 'get_task', { task_id: id })
    expect(data.title).toBe(title)
    expect(data.description).toBe('\\ \' " % _ ; --\n'.repeat(60))
  })

  test("another user's task is NOT_FOUND in every tool, word for word like one that never was", async () => {
    const id = await add('alice', 'private')
    for (const [tool, args] of [
      ['get_task', {}],
      ['update_task', { title: 'stolen' }],
      ['complete_task', {}],
      ['delete_task', {}],
    ] as const) {
      const foreign = await rowgate.call('bob', tool, { task_id: id, ...args })
      const absent = await rowgate.call('bob', tool, { task_id: NO_SUCH_ID, ...args })
      expect(foreign.error?.code).toBe('NOT_FOUND')
      expect(foreign).toEqual(absent)
    }
    expect(await titles('bob')).toEqual([])
    expect(await titles('bob', { text: 'private' })).toEqual([])
    expect((await rowgate.call('alice', 'get_task', { task_id: id })).data).toMatchObject({
      title: 'private',
      completed: false,
    })
  })

  test('annotations are true: what reads changes nothing, what is idempotent leaves the same when done again', async () => {
    const id = await add('vera', 'annotated')
    const args: Record<string, Record<string, unknown>> = {
      add_task: { title: 'another' },
      update_task: { task_id: id, title: 'renamed' },
      list_tasks: {},
      get_task: { task_id: id },
      complete_task: { task_id: id },
      delete_task: { task_id: id },
    }
    const state = async () => {
      const { data } = await rowgate.call('vera', 'list_tasks')
      const kept = ['id', 'title', 'description', 'completed'].map((name) => data.columns.indexOf(name))
      return data.rows.map((row: unknown[]) => kept.map((column) => row[column]))
    }
    for (const { name, annotations } of tasks.tools) {
      const before = await state()
      await rowgate.call('vera', name, args[name])
      const once = await state()
      await rowgate.call('vera', name, args[name])
      const twice = await state()
      expect(JSON.stringify(once) === JSON.stringify(before), `${name} reads only`).toBe(
        annotations.readOnlyHint,
      )
      expect(JSON.stringify(twice) === JSON.stringify(once), `${name} is idempotent`).toBe(
        annotations.idempotentHint,
      )
      const lost = before.some((row: unknown[]) => !once.some((kept: unknown[]) => kept[1] === row[1]))
      expect(lost, `${name} is destructive`).toBe(annotations.destructiveHint)
    }
  })

  test('a call is one request to the database', async () => {
    const id = await add('ned', 'count')
    for (const [tool, args] of [
      ['add_task', { title: 'x', idempotency_key: 'n' }],
      ['list_tasks', {}],
      ['get_task', { task_id: id }],
      ['update_task', { task_id: id, title: 'y' }],
      ['complete_task', { task_id: id }],
      ['delete_task', { task_id: id }],
    ] as const) {
      const before = rowgate.database.endpoint.requests()
      await rowgate.call('ned', tool, args)
      expect(rowgate.database.endpoint.requests() - before, tool).toBe(1)
    }
  })
})
