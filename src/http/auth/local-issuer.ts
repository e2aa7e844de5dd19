/** The issuer of the tokens that `npm run token` makes: a key pair on the developer's own disk, and no server. */

/** Its `iss`, and the `aud` of its tokens. Not a URL: nothing can be discovered or fetched from it. */
export const LOCAL_ISSUER = 'urn:rowgate:local'
