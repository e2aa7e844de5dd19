/** Secrets for one run of `npm start`, given only to the programs that it starts. */

import { randomBytes, timingSafeEqual } from 'node:crypto'

const SECRET_BYTES = 32

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('hex')
}

export function isSecret(given: string, secret: string): boolean {
  const encoder = new TextEncoder()
  const [a, b] = [encoder.encode(given), encoder.encode(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}
