/** How the edge says no: a JSON-RPC error without an id, which is what an MCP client can show (Streamable HTTP transport). */

/** JSON-RPC 2.0 §5.1. */
export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600
/** JSON-RPC 2.0 leaves -32000 to -32099 to the server; HTTP's status tells these apart. */
export const SERVER_ERROR = -32000

/** Builds the answer's text once, so that a refusal costs only the `Response`. The message is public. */
export function refusal(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): () => Response {
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } })
  const init = {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  }
  return () => new Response(body, init)
}
