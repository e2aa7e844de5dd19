/**
 * Signed text that a client keeps for us: its registration, a refresh token. Anybody can read it, and nobody
 * can alter it.
 */

import { base64url } from 'jose'

export interface Sealer<T> {
  seal(value: T): Promise<string>
  /** `undefined` unless `seal` of the same purpose and key gave this text. */
  open(text: string): Promise<T | undefined>
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** `secret`: at least 32 random bytes. Each purpose has a key of its own (HKDF). */
export function createSealer<T>(secret: Uint8Array<ArrayBuffer>, purpose: string): Sealer<T> {
  let derived: CryptoKey | undefined

  async function key(): Promise<CryptoKey> {
    if (derived !== undefined) return derived
    const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
    derived = await crypto.subtle.deriveKey(hkdf, base, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
      'verify',
    ])
    return derived
  }

  return {
    async seal(value) {
      const content = base64url.encode(encoder.encode(JSON.stringify(value)))
      const mac = await crypto.subtle.sign('HMAC', await key(), encoder.encode(content))
      return `${content}.${base64url.encode(new Uint8Array(mac))}`
    },
    async open(text) {
      const [content = '', mac = '', more] = text.split('.')
      if (more !== undefined || !/^[\w-]+$/.test(mac)) return undefined
      const given = bytesOf(mac)
      // Base64 spells the last bits in several ways; only one of them is the text that we gave.
      if (given === undefined || base64url.encode(given) !== mac) return undefined
      if (!(await crypto.subtle.verify('HMAC', await key(), given, encoder.encode(content)))) return undefined
      // The cast: the signature is ours, so it is what `seal` was given.
      return JSON.parse(decoder.decode(base64url.decode(content))) as T
    },
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(base64url.decode(text))
  } catch {
    return undefined
  }
}
