/** The names by which a machine calls itself, and no other spelling of them. */

const LOCALHOST_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** `hostname` is lower case and without a port, as `URL.hostname` gives it. */
export function isLocalhost(hostname: string): boolean {
  return LOCALHOST_NAMES.has(hostname)
}
