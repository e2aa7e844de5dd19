/** The identity key as a database stores it; see `drizzle/core/functions/identity_keys.sql`. */

import { createHash, randomBytes } from 'node:crypto'
import { literal } from './literal.ts'

const KEY_BYTES = 32
/** HMAC's block size and inner padding (RFC 2104). */
const BLOCK_BYTES = 64
const INNER_PAD = 0x36

/** In the form of the setting `IDENTITY_KEY`: `id:base64`. */
export function newIdentityKey(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`
}

/** The SQL that installs a key in this form. */
export function installKeyStatement(identityKey: string): string {
  const [id = '', key = ''] = identityKey.split(':')
  return `select rowgate.install_key(${literal(id)}, decode(${literal(key)}, 'base64'))`
}

/** A row of `rowgate.identity_keys`. */
export interface InstalledKey {
  readonly id: string
  /** In hex; unique to the key. */
  readonly innerPad: string
}

export function isSameKey({ id, innerPad }: InstalledKey, identityKey: string): boolean {
  const [ownId, key = ''] = identityKey.split(':')
  const bytes = Buffer.from(key, 'base64')
  const block = Buffer.alloc(BLOCK_BYTES)
  ;(bytes.length > BLOCK_BYTES ? createHash('sha256').update(bytes).digest() : bytes).copy(block)
  return id === ownId && innerPad === Buffer.from(block.map((byte) => byte ^ INNER_PAD)).toString('hex')
}
