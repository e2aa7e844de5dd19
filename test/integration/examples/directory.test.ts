/** The directory tools through a real client, on both Postgres servers. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { anyDatabase } from '../../support/servers/databases.ts'
import { absent } from '../../support/skip-without.ts'

const NO_SUCH_ID = '01900000-0000-7000-8000-000000000000'

describe.each(anyDatabase)('the directory on $engine', ({ start }) => {
  let rowgate: Rowgate
  let tenants = 0
  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
  })
  afterAll(() => rowgate.close())

  /** A tenant of the test's own, with a caller in it. */
  function newTenant() {
    tenants += 1
    const tenant = `tenant-${tenants}`
    const call = (tool: string, args: Record<string, unknown> = {}, user = 'ada') =>
      rowgate.call(user, tool, args, { tenant })
    return {
      call,
      async create(name: string, rest: object = {}): Promise<string> {
        const { data } = await call('create_user', { name, email: `${name}@example.com`, ...rest })
        return data.id
      },
      async names(tool: string, args: Record<string, unknown> = {}): Promise<string[]> {
        const { data } = await call(tool, args)
        return data.rows.map((row: unknown[]) => row[data.columns.indexOf('name')])
      },
    }
  }

  test('a user is created, found, changed and deleted', async () => {
    const { call, create, names } = newTenant()
    const id = await create('grace', { age: 45 })
    const { data } = await call('update_user', { user_id: id, name: 'Grace Hopper', clear: ['age'] })
    expect(data).toMatchObject({ id, name: 'Grace Hopper', email: 'grace@example.com', age: null })
    await call('update_user', { user_id: id, age: 46 })
    const untouched = await call('update_user', { user_id: id, name: 'Grace Hopper', email: null, age: null })
    expect(untouched.data).toMatchObject({ email: 'grace@example.com', age: 46 })
    expect(await names('get_users')).toEqual(['Grace Hopper'])
    expect((await call('delete_user', { user_id: id })).data).toEqual({ id, deleted: true, permanent: false })
    expect(await names('get_users')).toEqual([])
  })

  test('a hidden user is gone for every tool, frees the e-mail, and can still be removed for good', async () => {
    const { call, create, names } = newTenant()
    const id = await create('grace')
    await call('delete_user', { user_id: id })
    for (const [tool, args] of [
      ['update_user', { user_id: id, name: 'x' }],
      ['get_user_with_posts', { user_id: id }],
      ['bulk_update_posts', { author_id: id, updates: { title: 'x' } }],
      ['delete_user', { user_id: id }],
    ] as const) {
      expect((await call(tool, { ...args })).error?.code, tool).toBe('NOT_FOUND')
    }
    expect(await names('search_users', { search_term: 'grace' })).toEqual([])
    expect(await names('optimized_search', { search_term: 'grace' })).toEqual([])
    if (!absent('sql')) expect(await names('query', { sql: 'select * from directory.users' })).toEqual([])
    await create('grace')
    expect((await call('delete_user', { user_id: id, permanent: true })).data.permanent).toBe(true)
    expect(await names('get_users')).toEqual(['grace'])
  })

  test.skipIf(absent('sql'))('the posts of a hidden user are hidden from a query too', async () => {
    const { call } = newTenant()
    const author = { name: 'Grace', email: 'grace@example.com' }
    const made = await call('create_user_with_posts', { ...author, posts: [{ title: 'x', content: 'y' }] })
    await call('create_user_with_posts', {
      name: 'Ada',
      email: 'a@example.com',
      posts: [{ title: 'z', content: '' }],
    })
    const titles = async () =>
      (await call('query', { sql: 'select title from directory.posts order by 1' })).data.rows
    expect(await titles()).toEqual([['x'], ['z']])
    await call('delete_user', { user_id: made.data.user.id })
    expect(await titles()).toEqual([['z']])
  })

  test('an e-mail is unique within the tenant, whatever its case, and says nothing of other tenants', async () => {
    const [one, other] = [newTenant(), newTenant()]
    await one.create('ada')
    const again = await one.call('create_user', { name: 'Eve', email: 'ADA@example.com' })
    expect(again.error).toMatchObject({ code: 'CONFLICT', retryable: false })
    expect(again.error?.message).not.toContain('ada@')
    const id = await one.create('bob')
    expect((await one.call('update_user', { user_id: id, email: 'ada@example.com' })).error?.code).toBe(
      'CONFLICT',
    )
    const free = await other.call('create_user', { name: 'Ada', email: 'ada@example.com' })
    expect(free.status).toBe('success')
  })

  test('a repeated idempotency key gives the first user, per caller', async () => {
    const { call, names } = newTenant()
    const first = await call('create_user', { name: 'a', email: 'a@example.com', idempotency_key: 'k' })
    const again = await call('create_user', { name: 'b', email: 'b@example.com', idempotency_key: 'k' })
    expect(again.data).toEqual(first.data)
    expect(
      (await call('create_user', { name: 'c', email: 'c@example.com', idempotency_key: 'k' }, 'bob')).data
        .name,
    ).toBe('c')
    expect(await names('get_users')).toEqual(['a', 'c'])
  })

  test("another tenant's users are NOT_FOUND by every id and in no list", async () => {
    const [mine, theirs] = [newTenant(), newTenant()]
    const id = await theirs.create('grace')
    const post = await theirs.call('create_user_with_posts', {
      ...{ name: 'Lin', email: 'lin@example.com', posts: [{ title: 'secret', content: 'words' }] },
    })
    for (const user_id of [id, NO_SUCH_ID]) {
      for (const [tool, args] of [
        ['update_user', { user_id, name: 'mine now' }],
        ['delete_user', { user_id }],
        ['delete_user', { user_id, permanent: true }],
        ['get_user_with_posts', { user_id }],
        ['bulk_update_posts', { author_id: user_id, updates: { title: 'mine now' } }],
      ] as const) {
        expect((await mine.call(tool, { ...args })).error?.code, tool).toBe('NOT_FOUND')
      }
    }
    const own = await mine.create('ada')
    const stolen = { author_id: own, post_ids: post.data.post_ids, updates: { title: 'mine now' } }
    expect((await mine.call('bulk_update_posts', stolen)).error?.code).toBe('NOT_FOUND')
    expect(await mine.names('get_users')).toEqual(['ada'])
    expect(await mine.names('search_users', { search_term: 'example' })).toEqual(['ada'])
    expect(await mine.names('optimized_search', { search_term: 'grace or lin' })).toEqual([])
    const { data } = await theirs.call('get_user_with_posts', { user_id: post.data.user.id })
    expect(data.posts.rows[0][1]).toBe('secret')
  })

  test('pages go on by cursor, a search by offset with its total', async () => {
    const { call, create, names } = newTenant()
    for (const name of ['a1', 'a2', 'a3', 'b_4', 'b%5'])
      await create(name, { email: `${name.replace('%', '')}@example.com` })
    const first = (await call('get_users', { limit: 2 })).data
    expect(first).toMatchObject({ row_count: 2, truncated: true })
    expect(await names('get_users', { cursor: first.next_cursor })).toEqual(['a3', 'b_4', 'b%5'])

    const search = (await call('search_users', { search_term: 'A', limit: 2, offset: 1 })).data
    expect(search).toMatchObject({ total: 5, limit: 2, offset: 1, has_more: true, row_count: 2 })
    expect((await call('search_users', { search_term: 'example', offset: 99 })).data).toMatchObject({
      total: 5,
      has_more: false,
      rows: [],
    })
    expect(await names('search_users', { search_term: '%' })).toEqual(['b%5'])
    expect(await names('search_users', { search_term: '_' })).toEqual(['b_4'])
  })

  test('the full-text search takes whole words of name and e-mail, and ranks', async () => {
    const { create, names, call } = newTenant()
    await create('mary', { name: 'Mary Shelley', email: 'mary@books.org' })
    await create('shelley', { name: 'Shelley Shelley', email: 'shelley@shelley.org' })
    expect(await names('optimized_search', { search_term: 'shelley' })).toEqual([
      'Shelley Shelley',
      'Mary Shelley',
    ])
    expect(await names('optimized_search', { search_term: 'books' })).toEqual(['Mary Shelley'])
    expect(await names('optimized_search', { search_term: 'shelley -mary' })).toEqual(['Shelley Shelley'])
    expect(await names('optimized_search', { search_term: "'); drop table directory.users; --" })).toEqual([])
    expect((await call('optimized_search', { search_term: 'shelley', limit: 1 })).data.truncated).toBe(true)
  })

  test('a user and posts are created together or not at all', async () => {
    const { call, names } = newTenant()
    const posts = [
      { title: 'one', content: 'first' },
      { title: 'two', content: '' },
    ]
    const { data } = await call('create_user_with_posts', { name: 'Lin', email: 'lin@example.com', posts })
    expect(data).toMatchObject({ user: { name: 'Lin', age: null }, posts_created: 2 })
    const read = await call('get_user_with_posts', { user_id: data.user.id })
    expect(read.data.posts.rows.map((row: unknown[]) => row[1])).toEqual(['two', 'one'])

    const nul = [...posts, { title: 'bad', content: '\u0000' }]
    expect(
      (await call('create_user_with_posts', { name: 'Eve', email: 'eve@example.com', posts: nul })).status,
    ).toBe('error')
    expect(await names('get_users')).toEqual(['Lin'])
  })

  test('of long posts as many are shown as an answer holds, and the others by cursor', async () => {
    const { call } = newTenant()
    const posts = Array.from({ length: 50 }, (_, at) => ({ title: `${at}`, content: 'é'.repeat(10_000) }))
    const made = await call('create_user_with_posts', { name: 'Lin', email: 'lin@example.com', posts })
    const titles: string[] = []
    let cursor: string | undefined
    do {
      const { data } = await call('get_user_with_posts', { user_id: made.data.user.id, cursor })
      expect(Buffer.byteLength(JSON.stringify(data.posts.rows))).toBeLessThan(262_144 + 1_000)
      expect(data.posts).toMatchObject({ row_count: data.posts.rows.length })
      titles.push(...data.posts.rows.map((row: unknown[]) => row[1]))
      cursor = data.posts.next_cursor
    } while (cursor !== undefined)
    expect(titles).toEqual(posts.map(({ title }) => title).toReversed())
  })

  test("an author's posts are changed together, and none if one is not the author's", async () => {
    const { call } = newTenant()
    const make = async (name: string) =>
      (
        await call('create_user_with_posts', {
          ...{ name, email: `${name}@example.com` },
          posts: ['a', 'b'].map((title) => ({ title, content: title })),
        })
      ).data
    const [lin, eve] = [await make('lin'), await make('eve')]
    const all = await call('bulk_update_posts', { author_id: lin.user.id, updates: { published: true } })
    expect(all.data.updated_post_ids.toSorted()).toEqual(lin.post_ids.toSorted())
    const mixed = {
      author_id: lin.user.id,
      post_ids: [lin.post_ids[0], eve.post_ids[0]],
      updates: { title: 'x' },
    }
    expect((await call('bulk_update_posts', mixed)).error?.code).toBe('NOT_FOUND')
    const one = await call('bulk_update_posts', { ...mixed, post_ids: [lin.post_ids[0]] })
    expect(one.data).toEqual({ updated_count: 1, updated_post_ids: [lin.post_ids[0]] })
    const { data } = await call('get_user_with_posts', { user_id: lin.user.id })
    expect(data.posts.rows.map((row: unknown[]) => [row[1], row[3]])).toEqual([
      ['b', true],
      ['x', true],
    ])
  })

  test('10,000 users arrive in one transaction and one round trip, with progress on the call’s stream', async () => {
    const { call } = newTenant()
    const users = Array.from({ length: 10_000 }, (_, at) => ({ name: `u${at}`, email: `u${at}@a.io` }))
    const client = await rowgate.client('ada', { tenant: `tenant-${tenants}` })
    const progress: { progress: number; message?: string | undefined }[] = []
    const before = rowgate.database.endpoint.requests()
    const result = await client.callTool(
      { name: 'batch_insert_users', arguments: { users, batch_size: 1000 } },
      { onprogress: ({ progress: done, message }) => progress.push({ progress: done, message }) },
    )
    expect(result.structuredContent).toMatchObject({
      data: { total_inserted: 10_000, batch_size: 1000, batches_processed: 10 },
    })
    expect(rowgate.database.endpoint.requests() - before).toBe(1)
    // One transaction inserts all: before it there are none, after it there are all.
    expect(progress).toEqual([
      { progress: 0, message: 'Inserting 10000 users in one transaction' },
      { progress: 10_000, message: 'Inserted 10000 users' },
    ])
    await client.close()
    expect((await call('search_users', { search_term: 'u', limit: 1 })).data.total).toBe(10_000)
  })

  test('a batch of which one cannot be inserted inserts none', async () => {
    const { call, create, names } = newTenant()
    await create('taken')
    const users = ['a', 'b', 'taken'].map((name) => ({ name, email: `${name}@example.com` }))
    const refused = await call('batch_insert_users', { users, batch_size: 1 })
    expect(refused.error).toMatchObject({ code: 'CONFLICT', details: { fields: ['users[2].email'] } })
    expect(refused.error?.message).not.toContain('taken@')
    const twice = [...users.slice(0, 2), { name: 'c', email: 'A@example.com' }]
    expect((await call('batch_insert_users', { users: twice })).error).toMatchObject({
      ...{
        code: 'VALIDATION_ERROR',
        message: expect.stringContaining('users[2].email repeats that of users[0]'),
      },
    })
    expect(await names('get_users')).toEqual(['taken'])
  })

  const fine = { name: 'a', email: 'a@example.com' }
  const refused: [tool: string, args: object][] = [
    ['create_user', { name: ' ', email: 'a@example.com' }],
    ['create_user', { name: 'x'.repeat(101), email: 'a@example.com' }],
    ['create_user', { name: 'a', email: 'not an e-mail' }],
    ['create_user', { ...fine, age: 151 }],
    ['create_user', { ...fine, age: -1 }],
    ['create_user', { ...fine, tenant_id: 'tenant-1' }],
    ['update_user', { user_id: NO_SUCH_ID }],
    ['update_user', { user_id: NO_SUCH_ID, deleted_at: null }],
    ['update_user', { user_id: '1; drop table users', name: 'a' }],
    ['get_users', { limit: 101 }],
    ['search_users', { search_term: '', limit: 1 }],
    ['search_users', { search_term: 'a', offset: 10_001 }],
    ['create_user_with_posts', { ...fine, posts: [] }],
    [
      'create_user_with_posts',
      { ...fine, posts: Array.from({ length: 51 }, () => ({ title: 't', content: '' })) },
    ],
    ['create_user_with_posts', { ...fine, posts: [{ title: 't', content: 'x'.repeat(10_001) }] }],
    ['bulk_update_posts', { author_id: NO_SUCH_ID, updates: {} }],
    ['bulk_update_posts', { author_id: NO_SUCH_ID, updates: { user_id: NO_SUCH_ID } }],
    ['batch_insert_users', { users: [] }],
    [
      'batch_insert_users',
      { users: Array.from({ length: 10_001 }, (_, at) => ({ name: 'a', email: `${at}@a.io` })) },
    ],
    ['batch_insert_users', { users: [fine], batch_size: 1_001 }],
  ]
  const named = refused.map(([tool, args]) => [tool, JSON.stringify(args).slice(0, 80), args] as const)
  test.each(named)('%s refuses %s', async (tool, _, args) => {
    expect((await newTenant().call(tool, { ...args })).error?.code).toBe('VALIDATION_ERROR')
  })

  test('reading needs directory:read, writing directory:write', async () => {
    const client = await rowgate.client('ada', { scopes: ['directory:read'] })
    const names = (await client.listTools()).tools.map(({ name }) => name)
    expect(names.toSorted()).toEqual(['get_user_with_posts', 'get_users', 'optimized_search', 'search_users'])
    await client.close()
  })

  test('a row cannot be put into another tenant, nor be seen without an identity', async () => {
    await newTenant().create('ada')
    const { transaction } = rowgate.database
    expect(await transaction([['select id from directory.users']])).toEqual([])
    expect(
      await transaction([
        [
          "insert into directory.users (id, tenant_id, name, email, created_by) values ($1, 'tenant-1', 'x', 'x@y.z', 'x')",
          [NO_SUCH_ID],
        ],
      ]),
    ).toBe('42501')
  })
})
