/** How settings write addresses and secrets: what no driver could use is told at start, before a driver quotes it in an error. */

import * as z from 'zod'

/** A database server that is logged in to: `scheme://user:password@host/database`. */
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

/**
 * Whether a host's name means this machine, however the network answers. Any other spelling of it counts as another
 * machine.
 */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

/** Where something is reached over HTTP. `fetch` refuses an address that holds a login, and repeats it in its error. */
export function endpoint() {
  return z
    .string()
    .trim()
    .refine((text) => {
      const url = URL.parse(text)
      return url !== null && /^https?:$/.test(url.protocol) && isWithoutLogin(url)
    }, 'must be an http:// or https:// URL without a login in it')
}

/** Redis' own protocol, with its login in it, or Upstash's REST, whose login is a token of its own. */
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

/** A list of hosts is no URL, so what the standard's parser would see is looked at here. */
export function mongoServer() {
  return z
    .string()
    .trim()
    .refine(
      (text) => MONGO_SERVER.test(text) && isDecodable(text),
      'must be mongodb:// or mongodb+srv:// and name a database, with `@`, `:` and `/` of a password as %40, %3A and %2F',
    )
}

/** What is sent in a header: the platform repeats one that it cannot send in its error. */
export function headerSecret() {
  return z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without blanks')
}

function isWithoutLogin({ username, password }: URL): boolean {
  return username === '' && password === ''
}

/** A `%` that begins no character is a fault that the driver would find at the first call. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
