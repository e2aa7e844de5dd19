/**
 * The local issuer, whose tokens `npm run token` makes: a key pair on the developer's disk, without a server.
 */

/** Its `iss` and the `aud` of its tokens. Not a URL, so that nothing can be fetched from it. */
export const LOCAL_ISSUER = 'urn:rowgate:local'
