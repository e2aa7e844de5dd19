/**
 * `/console/client.json`: the console as an OAuth client (RFC 7591 metadata). Issuers that take a client id
 * metadata document get this URL as the client id; the page reads its registered id here.
 */

import type { Handler } from 'hono'
import type { Config } from '../infra/config/settings.ts'

export const CONSOLE_CLIENT_PATH = '/console/client.json'

export function consoleClient(config: Pick<Config, 'PUBLIC_URL' | 'CONSOLE_CLIENT_ID'>): Handler {
  return function consoleClient(c) {
    const { origin } = new URL(config.PUBLIC_URL ?? c.req.url)
    const metadata = {
      client_id: config.CONSOLE_CLIENT_ID ?? origin + CONSOLE_CLIENT_PATH,
      client_name: 'Rowgate console',
      client_uri: `${origin}/console/`,
      redirect_uris: [`${origin}/console/`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }
    return c.json(metadata, 200, { 'Cache-Control': 'no-store' })
  }
}
