/** The server's side of SCRAM-SHA-256 (RFC 7677) for one user, for logins of MongoDB's drivers. */

import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

const ITERATIONS = 4_096
const KEY_BYTES = 32

export interface Scram {
  /** Gives the server-first-message. */
  first(message: string): string
  /** Gives the server-final-message, or undefined for a wrong password. */
  final(message: string): string | undefined
}

export function startScram(user: string, password: string): Scram {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha256')
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  let nonce = ''
  let name = ''
  let exchange = ''
  return {
    first(message) {
      const bare = message.replace(/^n,,/, '')
      name = /n=([^,]*)/.exec(bare)?.[1] ?? ''
      nonce = `${/r=([^,]*)/.exec(bare)?.[1] ?? ''}${randomBytes(18).toString('base64')}`
      const answer = `r=${nonce},s=${salt.toString('base64')},i=${ITERATIONS}`
      exchange = `${bare},${answer}`
      return answer
    },
    final(message) {
      const [withoutProof = '', proof = ''] = message.split(',p=')
      const signed = `${exchange},${withoutProof}`
      const clientKey = hmac(salted, 'Client Key')
      const signature = hmac(createHash('sha256').update(clientKey).digest(), signed)
      const expected = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)))
      const given = Buffer.from(proof, 'base64')
      const known = given.length === expected.length && timingSafeEqual(given, expected)
      if (!known || name !== user || !withoutProof.endsWith(`r=${nonce}`)) return undefined
      return `v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`
    },
  }
}
