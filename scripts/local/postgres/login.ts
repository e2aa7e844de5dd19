/** The Worker's login: one role per database, which owns nothing and is a member of no role. */

import { createHash, randomBytes } from 'node:crypto'

/** In bytes. Postgres silently truncates a longer name. */
const NAME_MAX_BYTES = 63
const DIGEST_LENGTH = 8
const PASSWORD_BYTES = 24

/** The Worker's login: `rowgate_<database>`. */
export function loginName(database: string): string {
  return databaseRole('rowgate_', database)
}

/**
 * A role of one database. If the database's name is too long or has a character other than a letter, a digit
 * or `_`, it is shortened and gets a part of its hash, so that two databases never share a role.
 */
export function databaseRole(prefix: string, database: string): string {
  const plain = prefix + database
  if (/^\w+$/.test(plain) && plain.length <= NAME_MAX_BYTES) return plain
  const digest = createHash('sha256').update(database).digest('hex').slice(0, DIGEST_LENGTH)
  const start = plain.replaceAll(/\W/g, '_').slice(0, NAME_MAX_BYTES - DIGEST_LENGTH - 1)
  return `${start}_${digest}`
}

export function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('hex')
}
