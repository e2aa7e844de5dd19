/** Redirect URIs: which may be registered, and which of them a request may name (OAuth 2.1, RFC 8252). */

import { isLocalhost } from '../localhost.ts'

/** In characters. */
const MAX_LENGTH = 2_000

/** Printable ASCII. `new URL()` drops or rewrites anything else, so check and browser would differ. */
const PLAIN = /^[!-[\]-~]+$/

/** Schemes that run, show or read something instead of calling an application. */
const UNSAFE_SCHEMES: ReadonlySet<string> = new Set([
  'about:',
  'blob:',
  'chrome:',
  'data:',
  'file:',
  'filesystem:',
  'ftp:',
  'intent:',
  'javascript:',
  'mailto:',
  'vbscript:',
  'view-source:',
  'ws:',
  'wss:',
])

function parse(uri: string): URL | undefined {
  if (uri.length > MAX_LENGTH || !PLAIN.test(uri)) return undefined
  const url = URL.parse(uri)
  if (url === null || uri.includes('#') || url.username !== '' || url.password !== '') return undefined
  return url
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isLocalhost(hostname)
}

/**
 * https, http on loopback, and an application's own scheme such as `cursor://`. A client registers all that
 * it might use, so a scheme that cannot be served here is accepted too.
 */
export function isAcceptable(uri: string): boolean {
  const url = parse(uri)
  if (url === undefined) return false
  if (url.protocol === 'https:' || isLoopback(url)) return true
  if (url.protocol === 'http:' || UNSAFE_SCHEMES.has(url.protocol)) return false
  // `name://` or a reversed domain name (RFC 8252 §7.1).
  return uri.startsWith(`${url.protocol}//`) || url.protocol.includes('.')
}

/**
 * Whether this URI is one of the registered, character by character; of a loopback URI the port is free (RFC
 * 8252 §7.3).
 */
export function isRegistered(uri: string, registered: readonly string[]): boolean {
  if (!isAcceptable(uri)) return false
  if (registered.includes(uri)) return true
  const url = parse(uri)
  if (url === undefined || !isLoopback(url)) return false
  return registered.some((each) => {
    const known = parse(each)
    return known !== undefined && isLoopback(known) && withoutPort(known) === withoutPort(url)
  })
}

function withoutPort({ hostname, pathname, search }: URL): string {
  return `${hostname} ${pathname} ${search}`
}

/** The URI with the response's parameters (RFC 6749 §4.1.2). Its own query is kept. */
export function withParameters(
  uri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const added = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) added.set(name, value)
  return `${uri}${uri.includes('?') ? '&' : '?'}${added}`
}

/** For people: where the browser goes next. */
export function destinationOf(uri: string): string {
  const url = new URL(uri)
  if (isLoopback(url)) return `this computer (${url.host})`
  return url.protocol === 'https:' ? url.host : `the application that opens ${url.protocol}//`
}

/** Whether the destination is a program on this computer. */
export function isOnThisComputer(uri: string): boolean {
  return new URL(uri).protocol !== 'https:'
}

/** The destination as a source of CSP's `form-action`, which Chromium applies to redirects after a POST. */
export function cspSourceOf(uri: string): string {
  const { protocol, host } = new URL(uri)
  // CSP has no syntax for IPv6 addresses, nor for hosts of other schemes.
  return protocol === 'https:' || (protocol === 'http:' && !host.startsWith('['))
    ? `${protocol}//${host}`
    : protocol
}
