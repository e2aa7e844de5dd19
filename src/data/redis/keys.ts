/**
 * Key names in Redis: a caller's key is hashed, under the hash of the caller, so that no text of a caller is
 * part of a name.
 */

import type { Caller } from '../../infra/caller.ts'
import { base64url, sha256 } from '../../infra/hash.ts'

export interface RedisNames {
  /** The value's name in Redis. */
  readonly key: string
  /** Its name within the index. */
  readonly member: string
  /** The index of this caller's keys in this space. */
  readonly index: string
}

/**
 * The braces contain what Redis Cluster hashes, so all names of one caller are on one node. JSON keeps apart
 * what concatenation would mix up (`a` + `bc`, `ab` + `c`), and the halves of a surrogate pair.
 */
export async function namesOf(
  caller: Pick<Caller, 'tenantId' | 'userId'>,
  space: string,
  key: string,
): Promise<RedisNames> {
  const [callerHash, member] = await Promise.all([
    digest([caller.tenantId, caller.userId, space]),
    digest([key]),
  ])
  const prefix = `rowgate:{${callerHash}}`
  return { key: `${prefix}:k:${member}`, member, index: `${prefix}:index` }
}

async function digest(parts: readonly string[]): Promise<string> {
  return base64url(await sha256(JSON.stringify(parts)))
}
