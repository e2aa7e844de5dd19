/**
 * `/console/client.json`: the console as an OAuth client (RFC 7591 metadata). Issuers that take a client id
 * metadata document get this URL as the client id; the page reads its registered id here.
 */

import type { Handler } from 'hono'
import type { Config } from '../infra/config/settings.ts'
import { CONSOLE_PATH, consoleClientId } from './auth/console-client-id.ts'

export function consoleClient(config: Pick<Config, 'PUBLIC_URL' | 'CONSOLE_CLIENT_ID'>): Handler {
  return function consoleClient(c) {
    const url = config.PUBLIC_URL ?? c.req.url
    const { origin } = new URL(url)
    const metadata = {
      client_id: consoleClientId(config, url),
      client_name: 'Rowgate console',
      client_uri: origin + CONSOLE_PATH,
      redirect_uris: [origin + CONSOLE_PATH],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }
    return c.json(metadata, 200, { 'Cache-Control': 'no-store' })
  }
}
