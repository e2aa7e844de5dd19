/** Checks a password against what Postgres stores of it (SCRAM-SHA-256, RFC 5803). */

import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const VERIFIER = /^SCRAM-SHA-256\$(\d{1,7}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):[A-Za-z0-9+/=]+$/
const DIGEST_BYTES = 32

const derive = promisify(pbkdf2)

/** Deriving the key takes milliseconds by design, too much for every request. More logins than this nobody has. */
const MOST_REMEMBERED = 64

/** Gives a check that knows the passwords it has seen fit, by their digest; a changed password changes the verifier. */
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

/** Anything but a SCRAM verifier fits no password: a role without one cannot log in. */
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
