/** Verifies a password against Postgres' stored SCRAM-SHA-256 verifier (RFC 5803). */

import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const VERIFIER = /^SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):[A-Za-z0-9+/=]+$/
const DIGEST_BYTES = 32

const derive = promisify(pbkdf2)

/**
 * Verified passwords are cached, because deriving a key takes milliseconds by design. A real setup has fewer
 * logins.
 */
const MOST_REMEMBERED = 64

/** The cache key is a digest of password and verifier, so a changed password misses the cache. */
export function createPasswordCheck(): typeof passwordFits {
  const known = new Set<string>()
  return async (password, verifier) => {
    const digest = createHash('sha256')
      .update(JSON.stringify([password, verifier]))
      .digest('base64')
    if (known.has(digest)) return true
    if (!(await passwordFits(password, verifier))) return false
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.add(digest)
    return true
  }
}

/** Any other verifier format, or none, matches no password. */
async function passwordFits(password: string, verifier: string | null): Promise<boolean> {
  const [, iterations, salt, storedKey] = VERIFIER.exec(verifier ?? '') ?? []
  if (iterations === undefined || salt === undefined || storedKey === undefined) return false
  const salted = await derive(
    password,
    Buffer.from(salt, 'base64'),
    Number(iterations),
    DIGEST_BYTES,
    'sha256',
  )
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const expected = Buffer.from(storedKey, 'base64')
  const actual = createHash('sha256').update(clientKey).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
