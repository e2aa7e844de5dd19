/** Requests that MongoDB must never get: each is refused by its name, and none reaches another's document. */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { startMongo, type TestMongo } from '../../support/servers/mongodb.ts'
import { SOON_MS } from '../../support/timeouts.ts'

const SECRET = 'hers alone'

let mongo: TestMongo
let rowgate: Rowgate
beforeAll(async () => {
  mongo = await startMongo()
  rowgate = await startRowgate({ env: { MONGODB_URL: mongo.url } })
  for (const [user, tenant] of [
    ['ada', 'default'],
    ['mallory', 'default'],
    ['mallory', 'elsewhere'],
  ] as const) {
    const metadata =
      user === 'mallory' && tenant === 'default' ? { n: 1, tags: ['x'] } : { n: 1, note: SECRET }
    const person = { name: user, email: `${user}@example.com`, metadata }
    const { status } = await rowgate.call(user, 'create_user_mongo', person, { tenant })
    expect(status).toBe('success')
  }
})
afterAll(async () => {
  await rowgate.close()
  await mongo.close()
})

/** As it comes over the wire: JSON keeps `__proto__` and the last of two equal names. */
const json = (text: string) => JSON.parse(text)

const FILTERS: [what: string, query: unknown, named: RegExp][] = [
  ['JavaScript', { $where: 'true' }, /\$where/],
  ['JavaScript in a list', { $or: [{ name: 'x' }, { $where: 'sleep(1e9)' }] }, /\$where/],
  ['JavaScript in a list in a list', { $and: [{ $nor: [{ $and: [{ $where: '1' }] }] }] }, /\$where/],
  ['JavaScript beside a field', { name: { $where: '1' } }, /\$where/],
  ['JavaScript under not', { name: { $not: { $where: '1' } } }, /\$where/],
  ['JavaScript in an element', { 'metadata.tags': { $elemMatch: { $where: '1' } } }, /\$where/],
  [
    'JavaScript in an element’s list',
    { 'metadata.tags': { $elemMatch: { $or: [{ $where: '1' }] } } },
    /\$where/,
  ],
  ['a function', { $expr: { $function: { body: 'function(){}', args: [], lang: 'js' } } }, /\$function/],
  ['a function in a condition', { $expr: { $cond: [{ $function: {} }, 1, 0] } }, /\$function/],
  [
    'a function in a condition by names',
    json('{"$expr":{"$cond":{"if":{"$function":{}},"then":1,"else":0}}}'),
    /\$function/,
  ],
  [
    'a function in a branch',
    json('{"$expr":{"$switch":{"branches":[{"case":{"$function":{}},"then":1}]}}}'),
    /\$function/,
  ],
  ['a function in a map', { $expr: { $map: { input: [1], as: 'a', in: { $function: {} } } } }, /\$function/],
  ['a function in an object', { $expr: { $eq: [{ a: { $function: {} } }, 1] } }, /\$function/],
  ['a comment that is an operator', { $comment: 'x' }, /\$comment/],
  ['a schema', { $jsonSchema: { required: ['name'] } }, /\$jsonSchema/],
  ['a text search', { $text: { $search: 'x' } }, /\$text/],
  ['an unknown operator', { name: { $near: 1 } }, /\$near/],
  ['an operator in a value', { metadata: { a: { $gt: 1 } } }, /\$gt/],
  ['code as a value', { name: { $eq: { $code: 'x' } } }, /\$code/],
  ['a reference as a value', { name: { $in: [{ $ref: 'people', $id: 1 }] } }, /\$ref/],
  ['a wrapper with company', { name: { $eq: { $oid: 'a'.repeat(24), $where: '1' } } }, /\$oid/],
  ['bytes that pose as a type', { name: { $eq: { _bsontype: 'Code', code: 'x' } } }, /_bsontype/],
  ['the owner', { '_rowgate.user': 'ada' }, /_rowgate/],
  ['the owner as a whole', { _rowgate: { tenant: 'default', user: 'ada' } }, /_rowgate/],
  [
    'the owner in a list',
    { $or: [{ '_rowgate.user': 'ada' }, { '_rowgate.user': { $exists: true } }] },
    /_rowgate/,
  ],
  ['the owner within', { 'metadata._rowgate.user': 'ada' }, /_rowgate/],
  ['the owner in an expression', { $expr: { $eq: ['$_rowgate.user', 'ada'] } }, /_rowgate/],
  ['the owner under the root', { $expr: { $eq: ['$$ROOT._rowgate.user', 'ada'] } }, /_rowgate/],
  ['a prototype', json('{"__proto__":{"name":"ada"}}'), /__proto__/],
  ['a prototype in a path', { 'metadata.__proto__.a': 1 }, /__proto__/],
  ['a prototype in a value', { metadata: json('{"__proto__":{"a":1}}') }, /__proto__/],
  ['a constructor', { 'constructor.prototype': 1 }, /constructor/],
  ['MongoDB’s own variables', { $expr: { $in: ['a', '$$USER_ROLES'] } }, /USER_ROLES/],
  ['a name and an operator', { name: { $gt: '', other: 1 } }, /not both/],
  ['a list for a filter', [{ name: 'ada' }], /object/],
  ['no list for a list', { $or: { name: 'ada' } }, /\$or/],
  ['an empty list', { $or: [] }, /\$or/],
  ['options alone', { name: { $options: 'i' } }, /\$options/],
  ['an option of PCRE', { name: { $regex: 'a', $options: 'x' } }, /\$options/],
  ['a pattern that repeats repeats', { name: { $regex: '^(a+)+$' } }, /\$regex.*repeats/],
  ['a pattern that repeats a choice', { name: { $regex: '^(a|aa)*$' } }, /\$regex.*repeats/],
  ['a pattern with many wildcards', { name: { $regex: '.*.*.*.*x' } }, /\$regex/],
  ['a pattern that looks back', { name: { $regex: '(a)\\1' } }, /\$regex/],
  ['a pattern that looks around', { name: { $regex: '(?=a)' } }, /\$regex/],
  ['a pattern that calls itself', { name: { $regex: 'a(?R)?b' } }, /\$regex/],
  ['a pattern with a verb', { name: { $regex: '(*LIMIT_MATCH=9999999)a' } }, /\$regex/],
  ['a pattern of 1,000 characters', { name: { $regex: 'a'.repeat(1_000) } }, /\$regex/],
  ['a pattern under not', { name: { $not: { $regex: '(a*)*' } } }, /\$regex/],
  ['a pattern in a list', { name: { $in: [{ $regex: 'a' }] } }, /\$regex/],
  ['1,001 parts', { $or: Array.from({ length: 500 }, (_, i) => ({ name: { $eq: String(i) } })) }, /parts/],
]

const STAGES: [what: string, stage: unknown, named: RegExp][] = [
  ['a writing stage', { $out: 'people' }, /\$out/],
  ['another one', { $merge: { into: 'people' } }, /\$merge/],
  ['a look elsewhere', { $lookup: { from: 'people', pipeline: [], as: 'all' } }, /\$lookup/],
  ['a look along a graph', { $graphLookup: { from: 'people' } }, /\$graphLookup/],
  ['a union', { $unionWith: 'people' }, /\$unionWith/],
  ['a stream', { $changeStream: {} }, /\$changeStream/],
  ['the sessions', { $listSessions: {} }, /\$listSessions/],
  ['the collection', { $collStats: {} }, /\$collStats/],
  ['the operations', { $currentOp: {} }, /\$currentOp/],
  ['documents of one’s own', { $documents: [{ a: 1 }] }, /\$documents/],
  ['an unknown stage', { $steal: {} }, /\$steal/],
  ['a member of every object', { toString: 1 }, /toString/],
  ['a prototype', json('{"__proto__":{}}'), /__proto__/],
  ['a look within a facet', { $facet: { a: [{ $lookup: { from: 'people' } }] } }, /\$lookup/],
  ['a facet within a facet', { $facet: { a: [{ $facet: {} }] } }, /\$facet/],
  ['two stages in one', { $match: {}, $out: 'people' }, /one member/],
  ['an accumulator of code', { $group: { _id: null, a: { $accumulator: { init: 'x' } } } }, /\$accumulator/],
  ['code in a group', { $group: { _id: { $function: {} } } }, /\$function/],
  ['JavaScript in a match', { $match: { $where: '1' } }, /\$where/],
  ['the owner in a group', { $group: { _id: '$_rowgate.user' } }, /_rowgate/],
  ['a new owner', { $set: { '_rowgate.user': 'ada' } }, /_rowgate/],
  ['the owner in a sort', { $sort: { '_rowgate.user': 1 } }, /_rowgate/],
  ['a field by a computed name', { $set: { a: { $getField: '_rowgate' } } }, /\$getField/],
]

async function expectRefused(answer: ReturnType<Rowgate['call']>, named: RegExp): Promise<void> {
  const { error, data } = await answer
  expect(data).toBeUndefined()
  expect(error?.code).toBe('QUERY_REJECTED')
  expect(error?.message).toMatch(named)
}

describe('a filter', () => {
  test.each(FILTERS)('with %s is refused', async (_, query, named) => {
    // A list or a prototype at the top is a wrong argument, before it is a wrong query.
    const { error } = await rowgate.call('mallory', 'find_users_mongo', { query })
    if (error?.code !== 'VALIDATION_ERROR')
      await expectRefused(rowgate.call('mallory', 'find_users_mongo', { query }), named)
    const staged = rowgate.call('mallory', 'aggregate_user_stats', { pipeline: [{ $match: query }] })
    await expectRefused(staged, named)
  })

  test.each<[what: string, query: unknown]>([
    ['everything', {}],
    ['whatever is or is not', { $or: [{ name: { $exists: true } }, { name: { $exists: false } }] }],
    ['not nothing', { $nor: [{ name: 'nobody' }] }],
    ['a condition that always holds', { $expr: { $eq: [1, 1] } }],
    ['the other’s name', { $or: [{ name: 'ada' }, { name: 'mallory' }] }],
    ['the same name twice', json('{"name":"ada","name":{"$ne":"nobody"}}')],
    ['the secret', { 'metadata.note': { $ne: null } }],
    ['a dotted look-alike', { 'metadata.owner': { $exists: false } }],
  ])('of %s finds the caller’s own at most', async (_, query) => {
    for (const answer of [
      await rowgate.call('mallory', 'find_users_mongo', { query }),
      await rowgate.call('mallory', 'aggregate_user_stats', { query, pipeline: [] }),
      await rowgate.call('mallory', 'aggregate_user_stats', { pipeline: [{ $match: query }] }),
    ]) {
      expect(answer.status).toBe('success')
      expect(answer.data.row_count).toBeLessThanOrEqual(1)
      expect(JSON.stringify(answer)).not.toContain(SECRET)
    }
  })
})

describe('a pipeline', () => {
  test.each(STAGES)('with %s is refused', async (_, stage, named) => {
    await expectRefused(rowgate.call('mallory', 'aggregate_user_stats', { pipeline: [stage] }), named)
    const later = [{ $match: {} }, { $limit: 1 }, stage]
    await expectRefused(rowgate.call('mallory', 'aggregate_user_stats', { pipeline: later }), named)
  })

  test('of 21 stages is refused', async () => {
    const pipeline = Array.from({ length: 21 }, () => ({ $match: {} }))
    await expectRefused(rowgate.call('mallory', 'aggregate_user_stats', { pipeline }), /20/)
  })

  test('that unsets and regroups sees the caller’s own only', async () => {
    const pipeline = [
      { $unset: 'name' },
      { $group: { _id: null, seen: { $addToSet: '$metadata.tags' }, n: { $sum: 1 } } },
    ]
    const { data } = await rowgate.call('mallory', 'aggregate_user_stats', { pipeline })
    expect(data.rows).toEqual([[null, [['x']], 1]])
  })
})

describe('what is stored', () => {
  test.each([
    ['an operator', { $set: 1 }],
    ['an operator within', { a: [{ b: { $where: '1' } }] }],
    ['a dotted name', { 'a.b': 1 }],
    ['an owner', { _rowgate: { user: 'ada' } }],
    ['a prototype', json('{"a":{"__proto__":1}}')],
    ['a type', { a: { _bsontype: 'ObjectId', id: 'x' } }],
    ['an impossible date', { a: { $date: 'tomorrow' } }],
    ['an impossible id', { a: { $oid: 'x' } }],
  ])('may not hold %s', async (_, metadata) => {
    const person = { name: 'm', email: 'm@example.com', metadata }
    expect((await rowgate.call('mallory', 'create_user_mongo', person)).error?.code).toBe('QUERY_REJECTED')
  })
})

describe('a sort or a projection', () => {
  test.each([
    ['the owner', { sort: { '_rowgate.user': 1 } }],
    ['a score', { sort: { a: { $meta: 'textScore' } } }],
    ['the owner to show', { projection: { _rowgate: 1 } }],
    ['an expression to show', { projection: { all: '$$ROOT' } }],
    ['code to show', { projection: { a: { $function: {} } } }],
    ['a slice of the owner', { projection: { '_rowgate.user': { $slice: 1 } } }],
  ])('by %s is refused', async (_, find) => {
    expect((await rowgate.call('mallory', 'find_users_mongo', find)).error?.code).toBe('QUERY_REJECTED')
  })
})

test('what a call opened is closed when the call is over, refused or not', async () => {
  await rowgate.call('mallory', 'find_users_mongo')
  await rowgate.call('mallory', 'create_user_mongo', { name: 'm', email: 'mallory@example.com' })
  await vi.waitFor(() => expect(mongo.connections() ?? 0).toBe(0), SOON_MS)
})
