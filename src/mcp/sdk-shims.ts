/**
 * What the SDK takes from its platform, without a validator of JSON Schema: it holds answers to it that a
 * client gives in the middle of a call, which takes a session. wrangler.toml puts this file in the place of
 * the SDK's own.
 */

export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('Nobody is asked in the middle of a call')
  }
}
