/**
 * Formats of addresses and secrets in settings. Checked at start, because a driver's error would quote the
 * value.
 */

import * as z from 'zod'

/** A database with a login: `scheme://user:password@host/database`. */
export function database(scheme: string) {
  const form = `must be ${scheme}://user:password@host/database`
  return z
    .string()
    .trim()
    .refine((text) => {
      const url = URL.parse(text)
      if (url === null || !isDecodable(url.username + url.password + url.pathname)) return false
      const { protocol, hostname, username, pathname } = url
      const schemes = scheme === 'postgres' ? ['postgres:', 'postgresql:'] : [`${scheme}:`]
      return schemes.includes(protocol) && hostname !== '' && username !== '' && /^\/[^/]+$/.test(pathname)
    }, form)
}

/** Whether the host name always means this machine, without asking DNS. Other spellings count as remote. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

/** An HTTP URL without a login: `fetch` refuses one with a login and quotes it in its error. */
export function endpoint() {
  return z
    .string()
    .trim()
    .refine((text) => {
      const url = URL.parse(text)
      return url !== null && /^https?:$/.test(url.protocol) && isWithoutLogin(url)
    }, 'must be an http:// or https:// URL without a login in it')
}

/**
 * Redis' own protocol, with the login in the URL, or Upstash's REST API, whose token is a setting of its own.
 */
export function redisServer() {
  return z
    .string()
    .trim()
    .refine((text) => {
      const url = URL.parse(text)
      if (url === null || url.hostname === '') return false
      if (/^rediss?:$/.test(url.protocol)) return isDecodable(url.username + url.password)
      return /^https?:$/.test(url.protocol) && isWithoutLogin(url)
    }, 'must be redis://:password@host:port or rediss://, or https://host without a login in it')
}

const MONGO_HOST = String.raw`(?:\[[\da-fA-F:.]+\]|[^@/?#,:\[\]\s]+)(?::\d{1,5})?`
const MONGO_SERVER = new RegExp(
  String.raw`^mongodb(?:\+srv)?://(?:[^@/?#:\s]+(?::[^@/?#:\s]*)?@)?${MONGO_HOST}(?:,${MONGO_HOST})*/[^/?#\s]+(?:\?\S*)?$`,
)

/** MongoDB's list of hosts is not a valid URL, so a regular expression checks it. */
export function mongoServer() {
  return z
    .string()
    .trim()
    .refine(
      (text) => MONGO_SERVER.test(text) && isDecodable(text),
      'must be mongodb:// or mongodb+srv:// and name a database, with `@`, `:` and `/` of a password as %40, %3A and %2F',
    )
}

/** A secret sent in a header. The platform's error would quote a value that a header cannot hold. */
export function headerSecret() {
  return z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks')
}

function isWithoutLogin({ username, password }: URL): boolean {
  return username === '' && password === ''
}

/** Whether every `%` begins a valid escape; otherwise the driver would fail at the first call. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
