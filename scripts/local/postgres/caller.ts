/** Whose work a request is, so that callers take turns. It decides the order and nothing else, so it is not verified here. */

import type { Statement } from './backend.ts'

/** How the Worker opens a transaction for a caller (src/data/postgres/seal.ts): `key id.base64(claims).hex(hmac)`. */
const ENTERS = /\browgate\.enter\(\$1/

/** Work that is no caller's: the audit log's rows, and whatever is not sent by the Worker. */
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
