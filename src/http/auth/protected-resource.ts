/** Tells a client which resource this is and who issues tokens for it (RFC 9728). Public: a client reads it before it has any. */

import type { Handler } from 'hono'
import type { Config } from '../../infra/config/settings.ts'
import { LOCAL_ISSUER } from './local-issuer.ts'

const MCP_PATH = '/mcp'

/** RFC 9728 §3.1: the well-known part goes between the host and the resource's path. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource'

/** How long clients and caches may keep the metadata, in seconds: settings change with a deployment, not by the hour. */
const MAX_AGE_S = 3_600

export interface ResourceUrls {
  /** The resource's identifier: the address that clients POST to. */
  resource(requestUrl: string): string
  resourceMetadataUrl(requestUrl: string): string
}

/** PUBLIC_URL fixes the addresses; without it they are the request's own, whose host the host guard has let through. */
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
}

/**
 * For `/.well-known/oauth-protected-resource/mcp`, and the same without the path for clients that only try the root. A
 * preflight is answered alike.
 */
export function protectedResource({ config, scopes }: ProtectedResourceOptions): Handler {
  const { resource } = resourceUrls(config)
  const fixed = {
    authorization_servers: [config.AUTH_ISSUER ?? LOCAL_ISSUER],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    resource_name: 'Rowgate',
  }
  const headers = {
    'Cache-Control': `public, max-age=${MAX_AGE_S}`,
    'Access-Control-Allow-Origin': '*',
    // Clients name their protocol version when they fetch it, and so a page of theirs asks first.
    'Access-Control-Allow-Headers': 'MCP-Protocol-Version',
  }

  return function protectedResource(c) {
    return c.json({ resource: resource(c.req.url), ...fixed }, 200, headers)
  }
}
