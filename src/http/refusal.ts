/**
 * Refusals before the protocol layer, as JSON-RPC errors, which MCP clients can show. The id is null because
 * the body has not been read (JSON-RPC 2.0 §5); the Python SDK shows no error without an id.
 */

/** The response body. `data` is public. */
export function errorBody(code: number, message: string, data?: unknown) {
  return { jsonrpc: '2.0', id: null, error: { code, message, data } }
}

/** JSON-RPC 2.0 §5.1. */
export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600
export const INTERNAL_ERROR = -32603

/**
 * Serialises the body once. `message` is public. The code defaults to the HTTP status where JSON-RPC has
 * none: MCP closes -32000 to -32019 to new uses and reserves the rest (2026-07-28, basic).
 */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  code = status,
): () => Response {
  const body = JSON.stringify(errorBody(code, message))
  const init = {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  }
  return () => new Response(body, init)
}
