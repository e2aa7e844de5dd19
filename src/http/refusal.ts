/** How the edge says no: a JSON-RPC error that has no id, which is what an MCP client can show (Streamable HTTP transport). */

/** JSON-RPC 2.0 §5.1. */
export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600

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
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code, message } })
  const init = {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  }
  return () => new Response(body, init)
}
