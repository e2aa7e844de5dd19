/**
 * Replaces the SDK's platform shim (`[alias]` in wrangler.toml) to keep its JSON Schema validator out of the
 * bundle. The SDK validates with it only answers that a client gives mid-call, which needs a session.
 */

export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('A question in the middle of a call needs a session, and this server has none.')
  }
}
