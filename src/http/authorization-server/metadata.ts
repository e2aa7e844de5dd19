/** Authorization server metadata (RFC 8414). */

export interface Paths {
  readonly metadata: string
  readonly authorize: string
  readonly token: string
  readonly register: string
  readonly revoke: string
}

export const PATHS: Paths = {
  metadata: '/.well-known/oauth-authorization-server',
  authorize: '/authorize',
  token: '/token',
  register: '/register',
  revoke: '/revoke',
}

export function metadata(issuer: string, resource: string, scopes: readonly string[]) {
  return {
    issuer,
    authorization_endpoint: issuer + PATHS.authorize,
    token_endpoint: issuer + PATHS.token,
    registration_endpoint: issuer + PATHS.register,
    revocation_endpoint: issuer + PATHS.revoke,
    scopes_supported: scopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    code_challenge_methods_supported: ['S256'],
    // RFC 9207.
    authorization_response_iss_parameter_supported: true,
    // It would have to be fetched from the internet.
    client_id_metadata_document_supported: false,
    // RFC 9728 §4.
    protected_resources: [resource],
  }
}
