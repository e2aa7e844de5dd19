/** Revocation (RFC 7009): an access token or a refresh token ends its whole grant. */

import { json, oauthError } from './answers.ts'
import type { Grants } from './grants.ts'
import { readForm, readParameters } from './parameters.ts'

export interface Revocation {
  readonly grants: Grants
  /** The grant of a token that this server made for this client. */
  readonly grantOf: (token: string, clientId: string) => Promise<string | undefined>
}

export async function revoke(request: Request, { grants, grantOf }: Revocation): Promise<Response> {
  const form = await readForm(request)
  const parameters = form && readParameters(form)
  const token = parameters?.get('token')
  const clientId = parameters?.get('client_id')
  if (token === undefined || clientId === undefined) {
    return oauthError('invalid_request', 'The body must be a form with token and client_id, each once.')
  }
  const grant = await grantOf(token, clientId)
  if (grant !== undefined) grants.end(grant)
  // Also for a token that is not known: there is nothing that the client could do about it (§2.2).
  return json({})
}
