/** The caller, from the verified token. No layer below `http` knows more about it. */

export interface Caller {
  /** The token's `sub`: 1 to 255 characters, unique within the one issuer that a deployment trusts. */
  readonly userId: string
  /** The tenant claim's value, or `default` in a deployment without tenants. */
  readonly tenantId: string
  /** OAuth scopes granted by the token (RFC 6749 §3.3). */
  readonly scopes: ReadonlySet<string>
  /** The OAuth client that the token was issued to (`client_id` or `azp`), if the token names it. */
  readonly clientId?: string
  /** The client is the deployment's own console, where a person decides. */
  readonly isConsole?: true
  /** Those of the token's other claims that `rowgate.yaml` names. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Those of them that a source's database is told, as `rowgate.claim` gives them. */
  readonly sealedClaims?: Readonly<Record<string, string>>
}
