/** Tells a TLS that could not be agreed on from a server that is not there. */

import { type ErrorMapping, mappedError } from '../error-mapping.ts'
import type { Client } from './flight.ts'

const NO_TLS: ErrorMapping = [
  'UNAVAILABLE',
  "The database offers no TLS, and is not spoken to without; its operator has to check the host in DATABASE_URL or the source's `connect`, or to put Hyperdrive in front.",
]
const NOT_TRUSTED: ErrorMapping = [
  'UNAVAILABLE',
  "The database's TLS certificate is not for its host's name, or not from an authority that the runtime trusts; its operator has to check the host in DATABASE_URL or the source's `connect`, or to put Hyperdrive in front, which takes an authority of one's own.",
]

/** Node names the rule of X.509 that was broken; workerd says less, and sometimes only that it failed. */
const OF_TLS = /TLS|SSL|certificate|handshake|^internal error/i
const OF_TLS_CODE = /CERT|TLS|SSL|SIGNATURE/

/** Called before a client connects. The result judges why the connection failed. */
export function watchTls(client: Client): (cause: unknown) => Error | undefined {
  let state: 'before' | 'handshake' | 'done' = 'before'
  // pg's types leave the connection out.
  const { connection } = client as unknown as { readonly connection: NodeJS.EventEmitter }
  connection.once('sslconnect', () => {
    state = 'handshake'
  })
  client.once('connect', () => {
    state = 'done'
  })
  return (cause) => {
    if (!(cause instanceof Error) || 'severity' in cause || state === 'done') return undefined
    if (state === 'before')
      return /does not support SSL/.test(cause.message) ? mappedError(NO_TLS, cause) : undefined
    const code = 'code' in cause ? String(cause.code) : ''
    return OF_TLS_CODE.test(code) || OF_TLS.test(cause.message) ? mappedError(NOT_TRUSTED, cause) : undefined
  }
}
