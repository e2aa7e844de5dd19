/** The identity key. It seals callers, signs audit rows, and derives other secrets. */

import { hex } from './hash.ts'

const encoder = new TextEncoder()

/** IDENTITY_KEY, imported. */
export interface IdentityKey {
  readonly id: string
  readonly hmac: CryptoKey
}

/** Imports `id:base64`, whose form the settings have checked. */
export async function importIdentityKey(setting: string): Promise<IdentityKey> {
  const colon = setting.indexOf(':')
  const bytes = Uint8Array.from(atob(setting.slice(colon + 1)), (character) => character.charCodeAt(0))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const hmac = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  return { id: setting.slice(0, colon), hmac }
}

/** HMAC-SHA256 in hex. */
export async function keyedHash(text: string, key: IdentityKey): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.sign('HMAC', key.hmac, encoder.encode(text))))
}

/** Started together, then awaited. perf: see docs/performance.md */
export async function keyedHashes(texts: readonly string[], key: IdentityKey): Promise<string[]> {
  const macs = texts.map((text) => crypto.subtle.sign('HMAC', key.hmac, encoder.encode(text)))
  return (await Promise.all(macs)).map((mac) => hex(new Uint8Array(mac)))
}

/** A secret for another purpose, derived from the identity key without revealing it. */
export function createDerivedSecret(setting: string, purpose: string): () => Promise<string> {
  let secret: string | undefined
  return async () => {
    secret ??= await keyedHash(`secret for ${purpose}`, await importIdentityKey(setting))
    return secret
  }
}

/** A key's id has 32 characters at most. */
const ID_START_LENGTH = 23
const ID_END_LENGTH = 8

/**
 * The identity key of one source, in the setting's form: derived from IDENTITY_KEY, so that a database which
 * knows its own key cannot make another's seals. It has an id of its own, since the setting's own key may be
 * installed in the same database.
 */
export async function sourceIdentityKey(setting: string, source: string): Promise<string> {
  const key = await importIdentityKey(setting)
  const bytes = await crypto.subtle.sign('HMAC', key.hmac, encoder.encode(`identity key of source ${source}`))
  const end = (await keyedHash(`id of the key of source ${source}`, key)).slice(0, ID_END_LENGTH)
  const id = `${key.id.slice(0, ID_START_LENGTH)}-${end}`
  return `${id}:${btoa(String.fromCharCode(...new Uint8Array(bytes)))}`
}

/** Imports the setting's key, or the one that is derived from it for a source. */
export async function importSourceKey(setting: string, source: string | undefined): Promise<IdentityKey> {
  return importIdentityKey(source === undefined ? setting : await sourceIdentityKey(setting, source))
}
