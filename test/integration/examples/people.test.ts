/** The people tools in workerd, on MongoDB, and what they answer when it fails. */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { besideTasks, expectUnavailable } from '../../support/faults/outage.ts'
import { startStall } from '../../support/faults/stalling-proxy.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { workerd } from '../../support/product/workerd.ts'
import { startDatabase, type TestDatabase } from '../../support/servers/databases.ts'
import {
  type LocalMongo,
  startLocalMongo,
  startMongo,
  type TestMongo,
} from '../../support/servers/mongodb.ts'
import { SOON_MS } from '../../support/timeouts.ts'

describe('people', () => {
  let mongo: TestMongo
  let rowgate: Rowgate
  let people = 0
  const worker = workerd()
  beforeAll(async () => {
    mongo = await startMongo()
    rowgate = await startRowgate({ worker, env: { MONGODB_URL: mongo.url } })
  })
  afterAll(async () => {
    await worker.close()
    await rowgate.close()
    await mongo.close()
  })

  function add(user: string, name: string, metadata: object = {}, grant: { tenant?: string } = {}) {
    people += 1
    const email = `P${people}@Example.com`
    return rowgate.call(user, 'create_user_mongo', { name, email, metadata }, grant)
  }

  async function names(user: string, find: object = {}): Promise<string[]> {
    const { data } = await rowgate.call(user, 'find_users_mongo', { ...find })
    const column = data.columns.indexOf('name')
    return data.rows.map((row: unknown[]) => row[column])
  }

  test('a person is added, and found by name, date, list and nesting, sorted and a page at a time', async () => {
    const { data } = await add('ada', 'Zoë', {
      city: 'Oslo',
      tags: ['a', 'b'],
      born: { $date: '1990-05-01' },
    })
    expect(data).toEqual({
      _id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Zoë',
      email: 'p1@example.com',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      metadata: { city: 'Oslo', tags: ['a', 'b'], born: '1990-05-01T00:00:00.000Z' },
    })
    await add('ada', 'Al', { city: 'Rome', score: { $numberDecimal: '1.50' }, ref: { $oid: 'a'.repeat(24) } })
    await add('ada', 'Mia', { city: 'Oslo', visits: [{ year: 2024, n: 3 }] })

    expect(await names('ada')).toEqual(['Mia', 'Al', 'Zoë'])
    expect(await names('ada', { sort: { name: 1 } })).toEqual(['Al', 'Mia', 'Zoë'])
    expect(await names('ada', { query: { _id: data._id } })).toEqual(['Zoë'])
    expect(await names('ada', { query: { 'metadata.city': 'Oslo' }, sort: { name: 1 } })).toEqual([
      'Mia',
      'Zoë',
    ])
    expect(
      await names('ada', { query: { $or: [{ name: 'Al' }, { name: { $regex: '^mi', $options: 'i' } }] } }),
    ).toEqual(['Mia', 'Al'])
    expect(
      await names('ada', { query: { 'metadata.visits': { $elemMatch: { year: 2024, n: { $gte: 3 } } } } }),
    ).toEqual(['Mia'])
    expect(await names('ada', { query: { created_at: { $lt: '2020-01-01' } } })).toEqual([])
    expect(await names('ada', { query: { created_at: { $gte: data.created_at } } })).toHaveLength(3)
    expect(await names('ada', { query: { 'metadata.born': { $date: '1990-05-01T00:00:00Z' } } })).toEqual([
      'Zoë',
    ])
    expect(await names('ada', { query: { 'metadata.tags': { $all: ['b'], $size: 2 } } })).toEqual(['Zoë'])
    expect(await names('ada', { query: { $expr: { $gt: [{ $strLenCP: '$name' }, 2] } } })).toEqual([
      'Mia',
      'Zoë',
    ])

    const first = await rowgate.call('ada', 'find_users_mongo', { limit: 2, projection: { name: 1, _id: 0 } })
    expect(first.data).toEqual({ columns: ['name'], rows: [['Mia'], ['Al']], row_count: 2, truncated: true })
    expect(await names('ada', { limit: 2, skip: 2 })).toEqual(['Zoë'])

    const shown = await rowgate.call('ada', 'find_users_mongo', {
      query: { name: 'Al' },
      projection: { metadata: 1, _id: 0 },
    })
    expect(shown.data.rows[0][0]).toEqual({ city: 'Rome', score: '1.50', ref: 'a'.repeat(24) })
  })

  test('a number comes back to the digit, or is refused', async () => {
    const metadata = {
      long: { $numberLong: '9007199254740993' },
      least: { $numberLong: '-9223372036854775808' },
      decimal: { $numberDecimal: '9007199254740993.01' },
      whole: 9007199254740991,
      half: 0.5,
    }
    const given = {
      ...metadata,
      long: '9007199254740993',
      least: '-9223372036854775808',
      decimal: '9007199254740993.01',
    }
    expect((await add('num', 'One', metadata)).data.metadata).toEqual(given)
    const found = await rowgate.call('num', 'find_users_mongo', { projection: { metadata: 1, _id: 0 } })
    expect(found.data.rows).toEqual([[given]])
    const pipeline = [{ $project: { _id: 0, most: { $multiply: [1e308, 10] } } }]
    expect((await rowgate.call('num', 'aggregate_user_stats', { pipeline })).data.rows).toEqual([
      ['Infinity'],
    ])
    for (const value of [
      { $numberLong: '9223372036854775808' },
      { $numberInt: '2147483648' },
      { $numberDouble: '9007199254740993' },
      { $numberDouble: '0.1234567890123456789' },
      { $numberDecimal: '1.0000000000000000000000000000000001' + '5' },
    ]) {
      const { error } = await add('num', 'Two', { value })
      expect(error).toMatchObject({
        code: 'QUERY_REJECTED',
        message: expect.stringContaining('to the digit'),
      })
    }
  })

  test('the statistics are those of the source, or a pipeline of the caller’s', async () => {
    await add('stat', 'One', { city: 'Oslo', a: 1 })
    await add('stat', 'Two', { city: 'Oslo' })
    await add('stat', 'Three', { city: 'Rome', a: 1, b: 2 })
    const { data } = await rowgate.call('stat', 'aggregate_user_stats')
    const stats = Object.fromEntries(data.columns.map((name: string, i: number) => [name, data.rows[0][i]]))
    expect(stats).toEqual({
      total_users: 3,
      avg_metadata_fields: 2,
      oldest_user: expect.stringMatching(/Z$/),
      newest_user: expect.stringMatching(/Z$/),
    })
    const cities = await rowgate.call('stat', 'aggregate_user_stats', {
      query: { name: { $ne: 'Two' } },
      pipeline: [
        { $group: { _id: '$metadata.city', people: { $sum: 1 }, names: { $push: { $toUpper: '$name' } } } },
        { $sort: { _id: 1 } },
        { $facet: { all: [{ $project: { _id: 1, names: 1 } }], count: [{ $count: 'n' }] } },
      ],
    })
    expect(cities.data.rows[0]).toEqual([
      [
        { _id: 'Oslo', names: ['ONE'] },
        { _id: 'Rome', names: ['THREE'] },
      ],
      [{ n: 2 }],
    ])
    expect((await rowgate.call('nobody', 'aggregate_user_stats')).data.row_count).toBe(0)
  })

  test('what a sort leaves open is in one order, so that a limit and a skip lose and repeat nothing', async () => {
    for (const [name, tag] of ['d', 'a', 'c', 'b', 'f', 'e'].entries())
      await add('tie', tag, { at: name % 2 })
    const page = async (...stages: object[]) => {
      const { data } = await rowgate.call('tie', 'aggregate_user_stats', { pipeline: stages })
      return data.rows.map((row: unknown[]) => row[data.columns.indexOf('name')])
    }
    const names = { $project: { _id: 0, name: 1, at: '$metadata.at' } }
    const sort = { $sort: { at: 1 } }
    expect(await page(names, sort, { $limit: 3 })).toEqual(['c', 'd', 'f'])
    expect(await page(names, sort, { $skip: 3 }, { $limit: 3 })).toEqual(['a', 'b', 'e'])
    const name = { $project: { _id: 0, name: 1 } }
    expect(await page(name, { $skip: 1 }, { $limit: 2 })).toEqual(['b', 'c'])
    expect(await page(name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    const counted = [
      { $set: { name: '$metadata.at' } },
      { $sortByCount: '$name' },
      { $set: { name: '$_id' } },
    ]
    expect(await page(...counted)).toEqual([0, 1])
    const { data } = await rowgate.call('tie', 'aggregate_user_stats', { pipeline: [sort] })
    expect(JSON.stringify(data)).not.toContain('_rowgate')
  })

  test('what a pipeline computes is in its answer and nowhere else', async () => {
    await add('sum', 'One', { tags: ['a'] })
    const stages = [{ $set: { 'metadata.seen': true } }, { $unwind: '$metadata.tags' }]
    const { data } = await rowgate.call('sum', 'aggregate_user_stats', { pipeline: stages })
    expect(data.rows[0][data.columns.indexOf('metadata')]).toEqual({ tags: 'a', seen: true })
    const after = await rowgate.call('sum', 'find_users_mongo', { projection: { metadata: 1, _id: 0 } })
    expect(after.data.rows).toEqual([[{ tags: ['a'] }]])
  })

  test('whose a document is shows in no answer', async () => {
    await add('shy', 'One')
    const answers = [
      await rowgate.call('shy', 'find_users_mongo', { projection: { name: 0 } }),
      await rowgate.call('shy', 'find_users_mongo'),
      await rowgate.call('shy', 'aggregate_user_stats', { pipeline: [] }),
      await rowgate.call('shy', 'aggregate_user_stats', {
        pipeline: [{ $group: { _id: null, all: { $push: '$$ROOT' } } }],
      }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe('success')
      expect(JSON.stringify(answer.data)).not.toMatch(/_rowgate|tenant|shy"/)
    }
  })

  test('an address is one of the owner’s people’s, whatever its case, and nobody learns of another’s', async () => {
    const person = { name: 'A', email: 'Same@Example.com' }
    expect((await rowgate.call('ada', 'create_user_mongo', person)).status).toBe('success')
    const again = await rowgate.call('ada', 'create_user_mongo', { ...person, email: 'same@example.COM' })
    expect(again.error).toMatchObject({ code: 'CONFLICT', retryable: false })
    expect(JSON.stringify(again)).not.toMatch(/same@example|E11000|dup key|ada/i)
    expect((await rowgate.call('bob', 'create_user_mongo', person)).status).toBe('success')
    const elsewhere = await rowgate.call('ada', 'create_user_mongo', person, { tenant: 'elsewhere' })
    expect(elsewhere.status).toBe('success')
  })

  test('a repeated key gives the first person, and only to who used it', async () => {
    const once = (user: string, name: string) =>
      rowgate.call(user, 'create_user_mongo', { name, email: `${name}@once.example`, idempotency_key: 'k' })
    const first = await once('ada', 'first')
    expect((await once('ada', 'first')).data).toEqual(first.data)
    expect((await once('ada', 'second')).data).toEqual(first.data)
    expect((await once('bob', 'third')).data.name).toBe('third')
  })

  test('calls of two users side by side cross no documents, and leave no connection open', async () => {
    await Promise.all(['cy', 'di', 'cy', 'di', 'cy', 'di'].map((user, i) => add(user, `${user}${i}`)))
    const found = await Promise.all(['cy', 'di', 'cy', 'di', 'cy', 'di'].map((user) => names(user)))
    found.forEach((list, i) => {
      const user = i % 2 === 0 ? 'cy' : 'di'
      expect(list).toHaveLength(3)
      expect(list.every((name) => name.startsWith(user))).toBe(true)
    })
    await vi.waitFor(() => expect(mongo.connections() ?? 0).toBe(0), SOON_MS)
  })

  test.each([
    ['no name', { name: ' ', email: 'a@b.example' }],
    ['no address', { name: 'A', email: 'nobody' }],
    ['metadata that are a list', { name: 'A', email: 'a@b.example', metadata: [1] }],
    ['metadata over 16 KiB', { name: 'A', email: 'a@b.example', metadata: { a: 'v'.repeat(16_384) } }],
    ['an owner', { name: 'A', email: 'a@b.example', user_id: 'bob' }],
  ])('%s is refused', async (_, input) => {
    expect((await rowgate.call('ada', 'create_user_mongo', input)).error?.code).toBe('VALIDATION_ERROR')
  })
})

describe('when MongoDB', () => {
  let database: TestDatabase
  let mongo: LocalMongo
  beforeAll(async () => {
    database = await startDatabase()
    mongo = await startLocalMongo()
  })
  afterAll(async () => {
    await mongo.close()
    await database.close()
  })

  const withRowgate = (env: Record<string, string>, rule: (rowgate: Rowgate) => Promise<void>) =>
    besideTasks(database, env, rule)

  test('is not configured, its tools are off the list', async () => {
    await withRowgate({}, async (rowgate) => {
      const { tools } = await (await rowgate.client('ada')).listTools()
      expect(tools.map(({ name }) => name)).not.toContain('find_users_mongo')
    })
  })

  test('refuses the login, the caller is told that the operator has to look', async () => {
    await withRowgate({ MONGODB_URL: mongo.wrongUrl }, async (rowgate) => {
      await expectUnavailable(rowgate.call('ada', 'find_users_mongo'), /refused the login/)
    })
  })

  test('falls silent before it has greeted, the caller is told soon; after, when the call’s time is over', async () => {
    const proxy = await startStall(mongo.port)
    const url = mongo.url.replace(String(mongo.port), String(proxy.port))
    await withRowgate({ MONGODB_URL: url, REQUEST_TIMEOUT_MS: '4000' }, async (rowgate) => {
      expect((await rowgate.call('ada', 'find_users_mongo')).status).toBe('success')
      const asked = mongo.hold('find')
      const waiting = rowgate.call('ada', 'find_users_mongo')
      await asked
      expect((await waiting).error?.code).toBe('QUERY_TIMEOUT')
      await vi.waitFor(() => expect(mongo.connections()).toBe(0), SOON_MS)
      proxy.stall()
      await expectUnavailable(rowgate.call('ada', 'find_users_mongo'))
    })
    await proxy.close()
  })

  test('greets and lets nobody log in, the caller is told soon', async () => {
    await withRowgate({ MONGODB_URL: mongo.url }, async (rowgate) => {
      const asked = mongo.hold('saslStart')
      const waiting = rowgate.call('ada', 'find_users_mongo')
      await asked
      await expectUnavailable(waiting)
    })
    mongo.release()
  })

  test('is stopped in mid-call, the call and the next are told soon', async () => {
    await withRowgate({ MONGODB_URL: mongo.url }, async (rowgate) => {
      const asked = mongo.hold('aggregate')
      const waiting = rowgate.call('ada', 'aggregate_user_stats')
      await asked
      await mongo.kill()
      await expectUnavailable(waiting)
      await expectUnavailable(rowgate.call('ada', 'find_users_mongo'))
    })
  })
})
