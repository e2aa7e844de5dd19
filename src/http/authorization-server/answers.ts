/** The JSON answers of the endpoints that applications call, for pages of any origin. */

/** No credential travels by cookie here, so any page may call. */
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, MCP-Protocol-Version',
  'Access-Control-Allow-Methods': 'GET, POST',
}

const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** RFC 6749 §5.2, RFC 7591 §3.2.2, RFC 8707 §2, RFC 7009 §2.2.1. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'unsupported_grant_type'

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { ...CORS, ...NO_STORE } })
}

/** `description` is our own text. */
export function oauthError(error: OAuthErrorCode, description: string, status = 400): Response {
  return json({ error, error_description: description }, status)
}

export function preflight(): Response {
  return new Response(null, { status: 204, headers: CORS })
}

export function methodNotAllowed(allow: string): Response {
  return new Response('Another method is needed here.\n', {
    status: 405,
    headers: { ...CORS, Allow: allow, 'Content-Type': 'text/plain; charset=utf-8' },
  })
}
