/** Who is calling: what the edge learned from the verified token, and all that any layer below may know of it. */

export interface Caller {
  /** The token's `sub`. 1 to 255 characters; unique within the one issuer a deployment trusts. */
  readonly userId: string
  /** The tenant claim's value, or `default` where the deployment has no tenants. */
  readonly tenantId: string
  /** OAuth scopes granted by the token (RFC 6749 §3.3). */
  readonly scopes: ReadonlySet<string>
  /** The OAuth client that the token was issued to (`client_id` or `azp`), where the token says. */
  readonly clientId?: string
}
