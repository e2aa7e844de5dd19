/** The identity of a call for `rowgate.once`, beside its idempotency key. */

import { canonical } from '../../infra/cache/key.ts'
import { base64url, sha256 } from '../../infra/hash.ts'

/** Hash of the arguments without the key. */
export async function onceHash({
  idempotency_key: _,
  ...input
}: Readonly<Record<string, unknown>>): Promise<string> {
  return base64url(await sha256(canonical(input) ?? ''))
}
