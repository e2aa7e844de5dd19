/** UUIDv7 (RFC 9562 §5.7): ids that sort by the time they were made. */

const TIMESTAMP_HEX_DIGITS = 12

/** A new id. The first 48 bits are `now` in milliseconds since the epoch, the rest is random. */
export function uuidv7(now = Date.now()): string {
  const time = now.toString(16).padStart(TIMESTAMP_HEX_DIGITS, '0')
  // A random UUIDv4 already carries the variant; only its first 48 bits and the version are replaced.
  const random = crypto.randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}
