/** People in MongoDB, limited to the caller's own documents. */

import type { Documents, JsonDocument, MongoDb } from '../../data/mongodb/capability.ts'
import { RowgateError } from '../../infra/errors.ts'
import { ROWS_MAX_BYTES } from '../../toolkit/page.ts'
import { people } from './collection.ts'
import {
  type AggregateUsers,
  type CreateUser,
  type FindUsers,
  METADATA_MAX_BYTES,
  PAGE_MAX_PEOPLE,
  type PeoplePage,
  type Person,
  personOutput,
} from './schema.ts'

const NEWEST_FIRST = { created_at: -1 }

/** Default pipeline: counts, dates and average number of metadata fields. */
const STATS = [
  {
    $group: {
      _id: null,
      total_users: { $sum: 1 },
      avg_metadata_fields: { $avg: { $size: { $objectToArray: '$metadata' } } },
      oldest_user: { $min: '$created_at' },
      newest_user: { $max: '$created_at' },
    },
  },
  { $unset: '_id' },
]

/** Idempotent with `idempotency_key`: a repeated key returns the first person unchanged. */
export async function createUser(mongodb: MongoDb, input: CreateUser, now: Date): Promise<Person> {
  const metadata = input.metadata ?? {}
  const bytes = bytesOf(metadata)
  if (bytes > METADATA_MAX_BYTES) {
    throw new RowgateError(
      'VALIDATION_ERROR',
      `\`metadata\`: may hold up to ${METADATA_MAX_BYTES} bytes of JSON; got ${bytes}.`,
    )
  }
  const { name, email, idempotency_key } = input
  const document = { name, email, created_at: { $date: now.toISOString() }, metadata }
  return personOutput.parse(await mongodb.insert(people, document, idempotency_key))
}

export async function findUsers(mongodb: MongoDb, input: FindUsers): Promise<PeoplePage> {
  return pageOf(await mongodb.find(people, { ...input, sort: input.sort ?? NEWEST_FIRST }))
}

export async function aggregateUsers(
  mongodb: MongoDb,
  { query, pipeline }: AggregateUsers,
): Promise<PeoplePage> {
  return pageOf(
    await mongodb.aggregate(people, { query, pipeline: pipeline ?? STATS, limit: PAGE_MAX_PEOPLE }),
  )
}

function pageOf({ documents, truncated }: Documents): PeoplePage {
  const columns = [...new Set(documents.flatMap((document) => Object.keys(document)))]
  const rows = documents.map((document: JsonDocument) => columns.map((column) => document[column] ?? null))
  const bytes = bytesOf(rows)
  if (bytes > ROWS_MAX_BYTES) {
    throw new RowgateError(
      'RESULT_TOO_LARGE',
      `The answer would have ${bytes} bytes; it may have ${ROWS_MAX_BYTES}. Ask for fewer documents or fields.`,
    )
  }
  return { columns, rows, row_count: rows.length, truncated }
}

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}
