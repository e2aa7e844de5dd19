/** The identity key: it seals callers, signs audit rows, and other secrets are derived from it. */

import { hex } from './hash.ts'

const encoder = new TextEncoder()

/** What `IDENTITY_KEY` holds, read once. */
export interface IdentityKey {
  readonly id: string
  readonly hmac: CryptoKey
}

/** Reads `id:base64`; its form has been checked where the settings are read. */
export async function importIdentityKey(setting: string): Promise<IdentityKey> {
  const colon = setting.indexOf(':')
  const bytes = Uint8Array.from(atob(setting.slice(colon + 1)), (character) => character.charCodeAt(0))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const hmac = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  return { id: setting.slice(0, colon), hmac }
}

/** HMAC-SHA256 of a text, in hex. */
export async function keyedHash(text: string, key: IdentityKey): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.sign('HMAC', key.hmac, encoder.encode(text))))
}

/** Of many texts, awaited together: awaiting each alone takes twice as long. */
export async function keyedHashes(texts: readonly string[], key: IdentityKey): Promise<string[]> {
  const macs = texts.map((text) => crypto.subtle.sign('HMAC', key.hmac, encoder.encode(text)))
  return (await Promise.all(macs)).map((mac) => hex(new Uint8Array(mac)))
}

/** A secret for another purpose, derived from the identity key and revealing nothing of it. */
export function createDerivedSecret(setting: string, purpose: string): () => Promise<string> {
  let secret: string | undefined
  return async () => {
    secret ??= await keyedHash(`secret for ${purpose}`, await importIdentityKey(setting))
    return secret
  }
}
