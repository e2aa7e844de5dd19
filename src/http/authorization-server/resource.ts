/** The `resource` parameter (RFC 8707): the MCP endpoint, perhaps with the query that narrows it. */

export interface Target {
  /** The resource's identifier, which is the audience of tokens. */
  readonly resource: string
  readonly readOnly: boolean
}

/** `undefined` if another resource is meant. Clients of before 2025-06-18 name none. */
export function readResource(named: string | undefined, resource: string): Target | undefined {
  if (named === undefined) return { resource, readOnly: false }
  const url = URL.parse(named)
  if (url === null || named.includes('#') || url.username !== '' || url.password !== '') return undefined
  // `/mcp/` is `/mcp`, as it is for requests.
  if (url.origin + url.pathname.replace(/\/$/, '') !== resource) return undefined
  return { resource, readOnly: url.searchParams.get('read_only') === 'true' }
}
