/** The role that the Worker logs in as: one a database, which owns nothing and is a member of nothing. */

import { createHash, randomBytes } from 'node:crypto'

/** Postgres cuts a longer name off without a word. */
const NAME_MAX_BYTES = 63
const DIGEST_LENGTH = 8
const PASSWORD_BYTES = 24

/**
 * `rowgate_<database>`. A database's name that is too long, or holds another character than a letter, a digit or `_`, is
 * shortened and gets a part of its hash, so that two databases never come to the same login.
 */
export function loginName(database: string): string {
  const plain = `rowgate_${database}`
  if (/^\w+$/.test(plain) && plain.length <= NAME_MAX_BYTES) return plain
  const digest = createHash('sha256').update(database).digest('hex').slice(0, DIGEST_LENGTH)
  const start = plain.replaceAll(/\W/g, '_').slice(0, NAME_MAX_BYTES - DIGEST_LENGTH - 1)
  return `${start}_${digest}`
}

export function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('hex')
}
