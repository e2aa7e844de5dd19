/**
 * AUTH_SCOPE_PREFIX: some issuers know a scope by a qualified name only. Microsoft Entra wants
 * `api://app/tasks:read` in a request and writes `tasks:read` into the token.
 */

export interface ScopePrefix {
  /** The name by which a client asks the issuer for the scope. */
  qualified(scope: string): string
  /** Our name of a scope in a token, which has the prefix or does not. */
  plain(scope: string): string
}

export function scopePrefix(prefix = ''): ScopePrefix {
  return {
    qualified: (scope) => prefix + scope,
    plain: (scope) => (prefix !== '' && scope.startsWith(prefix) ? scope.slice(prefix.length) : scope),
  }
}
