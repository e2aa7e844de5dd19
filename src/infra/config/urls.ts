/**
 * Formats of addresses and secrets in settings. Checked at start, because a driver's error would quote the
 * value.
 */

import * as z from 'zod'

/** A database with a login: `scheme://user:password@host/database`. */
export function database(scheme: 'postgres' | 'mysql') {
  const schemes = scheme === 'postgres' ? ['postgres:', 'postgresql:'] : [`${scheme}:`]
  const form = z
    .string()
    .trim()
    .refine((text) => {
      const url = URL.parse(text)
      if (url === null || !isDecodable(url.username + url.password + url.pathname)) return false
      const { protocol, hostname, username, pathname } = url
      return schemes.includes(protocol) && hostname !== '' && username !== '' && /^\/[^/]+$/.test(pathname)
    }, `must be ${scheme}://user:password@host/database`)
  if (scheme !== 'postgres') return form
  return form.check((given) => {
    const url = URL.parse(given.value)
    const rule = url === null ? undefined : UNUSABLE.find(([, isSo]) => isSo(url))?.[0]
    if (rule !== undefined) given.issues.push({ code: 'custom', message: rule, input: given.value })
  })
}

/** Parts of a URL that other clients of Postgres accept and a Worker cannot use: the rule, and its breach. */
const UNUSABLE: readonly (readonly [rule: string, isSo: (url: URL) => boolean])[] = [
  ['must name one host, and not a socket of this machine', ({ hostname }) => /[%,]/.test(hostname)],
  [
    'must not name files (sslrootcert, sslcert, sslkey), since a Worker has none: give an authority of your own to Hyperdrive',
    ({ searchParams }) => ['sslrootcert', 'sslcert', 'sslkey'].some((name) => searchParams.has(name)),
  ],
  [
    'must not say sslmode=disable, since a host that is not this machine is reached over TLS only: a private network is reached through Hyperdrive',
    ({ hostname, searchParams }) => searchParams.get('sslmode') === 'disable' && !isLoopback(hostname),
  ],
  [
    "must not be Supabase's pooler in session mode, port 5432: its transaction mode is port 6543",
    ({ hostname, port }) => /\.pooler\.supabase\.com$/.test(hostname) && /^(?:5432)?$/.test(port),
  ],
]

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
