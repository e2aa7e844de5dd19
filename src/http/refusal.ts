/**
 * How the edge refuses a request: a JSON-RPC error, which an MCP client can show. Its id is null, since the body has not been
 * read (JSON-RPC 2.0 §5); Python's SDK shows no error without one.
 */

/** The answer's body; `data` is what else a client may read. */
export function errorBody(code: number, message: string, data?: unknown) {
  return { jsonrpc: '2.0', id: null, error: { code, message, data } }
}

/** JSON-RPC 2.0 §5.1. */
export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600
export const INTERNAL_ERROR = -32603

/**
 * Builds the answer's text once, so that a refusal costs only the `Response`. The message is public. Where JSON-RPC has no code
 * for it, the code is HTTP's own: MCP closes -32000 to -32019 to newcomers and keeps the rest to itself (2026-07-28, basic).
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
