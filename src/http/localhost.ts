/** The localhost names that are accepted, in exactly these spellings. */

const LOCALHOST_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** `hostname` in lower case without a port, as `URL.hostname` gives it. */
export function isLocalhost(hostname: string): boolean {
  return LOCALHOST_NAMES.has(hostname)
}
