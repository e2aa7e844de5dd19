/** MongoDB connector: every verb adds the owner itself, and a caller's query is checked before it is sent. */

import type { Document, Collection as DriverCollection, MongoClient } from 'mongodb'
import * as drivers from '#drivers'
import type { Caller } from '../../infra/caller.ts'
import { RowgateError } from '../../infra/errors.ts'
import { uuidv7 } from '../../infra/uuid.ts'
import type { Open } from '../call-scope.ts'
import { createExecutor, type Execute } from '../execute.ts'
import { sizeOf } from '../result-size.ts'
import type { Aggregate, Collection, Documents, Find, JsonDocument, MongoDb } from './capability.ts'
import { isDuplicate, toRowgateError } from './errors.ts'
import { filterOf } from './query/filter.ts'
import { pipelineOf, projectionOf, sortOf } from './query/pipeline.ts'
import { type BsonTypes, jsonOf, literalOf, OWNER_MARKER, startReading } from './query/values.ts'

type Stored = Document & { _id: string }
type StoredCollection = DriverCollection<Stored>

/** Limit for finding the server and its login, in milliseconds: one that is down is reported within 3 s. */
const CONNECT_LIMIT_MS = 2_000

type Call = Parameters<Open<MongoDb>>[1]

interface Shared {
  readonly url: string
  readonly execute: Execute
  /** Collections whose indexes this isolate has created or found. */
  readonly indexed: Set<string>
}

/** Made once per isolate; a connector is made per call and has one connection, opened at its first use. */
export function createMongo(url: string): Open<MongoDb> {
  const execute = createExecutor({ engine: 'mongodb', title: 'MongoDB', toRowgateError })
  const shared: Shared = { url, execute, indexed: new Set() }
  return (caller, call) => new MongoConnector(shared, caller, call)
}

class MongoConnector implements MongoDb {
  readonly #shared: Shared
  readonly #caller: Caller
  readonly #call: Call
  /** The condition that limits a query to the caller's documents. */
  readonly #owned: Document
  #client: Promise<MongoClient> | undefined

  constructor(shared: Shared, caller: Caller, call: Call) {
    this.#shared = shared
    this.#caller = caller
    this.#call = call
    this.#owned = {
      [`${OWNER_MARKER}.tenant`]: { $eq: caller.tenantId },
      [`${OWNER_MARKER}.user`]: { $eq: caller.userId },
    }
  }

  async insert(into: Collection, document: JsonDocument, key?: string): Promise<JsonDocument> {
    const reading = startReading(await bsonTypes(), into.dates)
    const stored = {
      _id: uuidv7(),
      ...asDocument(literalOf(document, reading)),
      [OWNER_MARKER]: ownerOf(this.#caller, key),
    }
    const once = key === undefined ? undefined : { ...this.#owned, [`${OWNER_MARKER}.key`]: { $eq: key } }
    const { execute, indexed } = this.#shared
    const operation = {
      call: this.#call,
      // The id is made here: with a key, a retry finds the document that the first attempt may have inserted.
      repeatable: key !== undefined,
      auditFirst: true,
      statements: () => [`insert ${into.name}`],
      count: (document: JsonDocument) => [{ rows: 1, bytes: sizeOf(document) }],
    }
    return await execute(operation, async (_, leftMs) => {
      const target = await this.#collection(into)
      if (!indexed.has(into.name)) await target.createIndexes(indexesOf(into), { maxTimeMS: leftMs })
      indexed.add(into.name)
      return shownTo(await insertOnce(target, stored, into, once))
    })
  }

  async find(from: Collection, { query = {}, sort, projection, skip = 0, limit }: Find): Promise<Documents> {
    const filter = filterOf(query, startReading(await bsonTypes(), from.dates))
    const options = {
      sort: inFullOrder(sortOf(sort)),
      ...(projection !== undefined && { projection: projectionOf(projection) }),
      skip,
      limit: limit + 1,
      singleBatch: true,
    }
    return await this.#documents(from, `find ${from.name}`, limit, (target, bounds) =>
      target.find({ $and: [this.#owned, filter] }, { ...options, ...bounds }),
    )
  }

  async aggregate(from: Collection, { query = {}, pipeline, limit }: Aggregate): Promise<Documents> {
    const reading = startReading(await bsonTypes(), from.dates)
    const filter = filterOf(query, reading)
    const stages = pipelineOf(pipeline, reading)
    // The owner's fields are removed before the caller's first stage, so that no stage can read, change or
    // group by them.
    const whole = [
      { $match: { $and: [this.#owned, filter] } },
      { $unset: OWNER_MARKER },
      ...stages,
      { $limit: limit + 1 },
    ]
    return await this.#documents(from, `aggregate ${from.name}`, limit, (target, bounds) =>
      target.aggregate(whole, { ...bounds, allowDiskUse: false, batchSize: limit + 1 }),
    )
  }

  async #documents(
    from: Collection,
    statement: string,
    limit: number,
    ask: (
      target: StoredCollection,
      bounds: { maxTimeMS: number; signal: AbortSignal },
    ) => { toArray(): Promise<Document[]> },
  ): Promise<Documents> {
    const operation = {
      call: this.#call,
      repeatable: true,
      auditFirst: false,
      statements: () => [statement],
      count: (rows: Document[]) => [{ rows: rows.length, bytes: sizeOf(rows) }],
    }
    const found = await this.#shared.execute<Document[]>(operation, async (signal, leftMs) =>
      ask(await this.#collection(from), { maxTimeMS: leftMs, signal }).toArray(),
    )
    return { documents: found.slice(0, limit).map(shownTo), truncated: found.length > limit }
  }

  async #collection({ name }: Collection): Promise<StoredCollection> {
    this.#client ??= this.#open()
    return (await this.#client).db().collection<Stored>(name)
  }

  #open(): Promise<MongoClient> {
    const opening = openClient(this.#shared.url)
    // A client that failed to open has nothing to close.
    this.#call.onEnd(() =>
      opening.then(
        (client) => client.close(true),
        () => undefined,
      ),
    )
    return opening
  }
}

/** A total order, or pages could repeat documents. Ids grow with time. */
function inFullOrder(sort: Record<string, 1 | -1>): Record<string, 1 | -1> {
  return Object.hasOwn(sort, '_id') ? sort : { ...sort, _id: -1 }
}

/** Settings here win over the same in the URL. */
async function openClient(url: string): Promise<MongoClient> {
  const { MongoClient } = await drivers.mongodb()
  return new MongoClient(url, {
    appName: 'rowgate',
    maxPoolSize: 1,
    minPoolSize: 0,
    serverSelectionTimeoutMS: CONNECT_LIMIT_MS,
    connectTimeoutMS: CONNECT_LIMIT_MS,
    // Waiting for a connection includes the login.
    waitQueueTimeoutMS: CONNECT_LIMIT_MS,
    serverMonitoringMode: 'poll',
    retryReads: false,
    retryWrites: false,
    // A list of servers, or an SRV name, is a replica set, whose primary the driver finds.
    ...(!/^mongodb\+srv:|^[^?]*,|replicaSet=/.test(url) && { directConnection: true }),
  })
}

async function bsonTypes(): Promise<BsonTypes> {
  const { Decimal128, Long, ObjectId } = await drivers.mongodb()
  return {
    objectId: (hex) => new ObjectId(hex),
    decimal: (text) => Decimal128.fromString(text),
    long: (text) => Long.fromString(text),
  }
}

function ownerOf({ tenantId, userId }: Caller, key: string | undefined): Document {
  return { tenant: tenantId, user: userId, ...(key !== undefined && { key }) }
}

function asDocument(value: unknown): Document {
  if (typeof value === 'object' && value !== null) return value
  throw new Error('What is inserted is an object.')
}

/** A unique index covers one owner's documents: over all of them it would tell of others'. */
function indexesOf({ uniqueAmongOwn }: Collection) {
  const user = { [`${OWNER_MARKER}.tenant`]: 1 as const, [`${OWNER_MARKER}.user`]: 1 as const }
  const once = `${OWNER_MARKER}.key`
  return [
    { key: { ...user, [uniqueAmongOwn]: 1 as const }, name: 'rowgate_unique_own', unique: true },
    {
      key: { ...user, [once]: 1 as const },
      name: 'rowgate_once',
      unique: true,
      partialFilterExpression: { [once]: { $exists: true } },
    },
  ]
}

/** Inserts the document, or finds the first one with the same key of the caller's. */
async function insertOnce(
  target: StoredCollection,
  stored: Stored,
  into: Collection,
  once: Document | undefined,
): Promise<Document> {
  try {
    await target.insertOne(stored)
    return stored
  } catch (error) {
    if (!isDuplicate(error)) throw error
    const first = once === undefined ? null : await target.findOne(once)
    if (first !== null) return first
    throw new RowgateError('CONFLICT', into.conflict, { cause: error })
  }
}

function shownTo(document: Document): JsonDocument {
  const { [OWNER_MARKER]: _, ...rest } = document
  // `jsonOf` returns an object for an object; its type covers every value.
  return jsonOf(rest) as JsonDocument
}
