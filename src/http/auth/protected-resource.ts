/**
 * Protected-resource metadata (RFC 9728): names the resource and its issuer. Public, since a client reads it
 * before it has a token.
 */

import type { Handler } from 'hono'
import type { Config } from '../../infra/config/settings.ts'
import { LOCAL_ISSUER } from './local-issuer.ts'
import { scopePrefix } from './scope-prefix.ts'

const MCP_PATH = '/mcp'

/** The well-known part goes between the host and the resource's path (RFC 9728 §3.1). */
export const METADATA_PATH = '/.well-known/oauth-protected-resource'

/** `max-age` in seconds: settings change only with a deployment. */
const MAX_AGE_S = 3_600

export interface ResourceUrls {
  /** The resource identifier: the URL that clients POST to. */
  resource(requestUrl: string): string
  resourceMetadataUrl(requestUrl: string): string
}

/** From PUBLIC_URL, else from the request's URL, whose host the host guard has checked. */
export function resourceUrls(config: Pick<Config, 'PUBLIC_URL'>): ResourceUrls {
  if (config.PUBLIC_URL === undefined) {
    return {
      resource: (requestUrl) => new URL(requestUrl).origin + MCP_PATH,
      resourceMetadataUrl: (requestUrl) => new URL(requestUrl).origin + METADATA_PATH + MCP_PATH,
    }
  }
  const { origin, pathname } = new URL(config.PUBLIC_URL)
  const path = pathname.replace(/\/+$/, '') + MCP_PATH
  const resource = origin + path
  const metadata = origin + METADATA_PATH + path
  return { resource: () => resource, resourceMetadataUrl: () => metadata }
}

export interface ProtectedResourceOptions {
  readonly config: Config
  /** Every scope that some tool needs. */
  readonly scopes: readonly string[]
  /** The authorization server in this Worker, if there is one. */
  readonly issuer?: ((requestUrl: string) => string) | undefined
}

/**
 * Serves `/.well-known/oauth-protected-resource/mcp`, and the root path for clients that try only that. A
 * CORS preflight gets the same response.
 */
export function protectedResource({ config, scopes, issuer }: ProtectedResourceOptions): Handler {
  const { resource } = resourceUrls(config)
  const fixed = {
    scopes_supported: scopes.map(scopePrefix(config.AUTH_SCOPE_PREFIX).qualified),
    bearer_methods_supported: ['header'],
    resource_name: 'Rowgate',
  }
  const headers = {
    'Cache-Control': `public, max-age=${MAX_AGE_S}`,
    'Access-Control-Allow-Origin': '*',
    // Clients send this header when they fetch the metadata, which makes a browser send a preflight.
    'Access-Control-Allow-Headers': 'MCP-Protocol-Version',
  }

  return function protectedResource(c) {
    const { url } = c.req
    const issuers = [issuer?.(url) ?? config.AUTH_ISSUER ?? LOCAL_ISSUER]
    return c.json({ resource: resource(url), authorization_servers: issuers, ...fixed }, 200, headers)
  }
}
