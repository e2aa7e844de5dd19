/**
 * Reads the caller of a request, for fair scheduling. It is not verified, because it decides nothing but the
 * order.
 */

import type { Statement } from './backend.ts'

/**
 * The statement with which the Worker opens a caller's transaction (src/data/postgres/seal.ts). Its parameter
 * is `key id.base64(claims).hex(hmac)`.
 */
const ENTERS = /\browgate\.enter\(\$1/

/** Work without a caller: audit rows, and requests not sent by the Worker. */
const NOBODY = ''

export function callerOf([first]: readonly Statement[]): string {
  const seal = first !== undefined && ENTERS.test(first.query) ? first.params[0] : undefined
  const claims = seal?.split('.')[1]
  if (claims === undefined) return NOBODY
  try {
    const { tenant, sub } = JSON.parse(Buffer.from(claims, 'base64').toString('utf8'))
    return JSON.stringify([tenant, sub])
  } catch {
    return NOBODY
  }
}
