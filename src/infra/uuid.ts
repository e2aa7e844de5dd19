/** UUIDv7 (RFC 9562 §5.7): ids that sort by creation time. */

const TIMESTAMP_HEX_DIGITS = 12

/** `now` in milliseconds since the epoch fills the first 48 bits; the rest is random. */
export function uuidv7(now = Date.now()): string {
  const time = now.toString(16).padStart(TIMESTAMP_HEX_DIGITS, '0')
  // A UUIDv4 already has the variant bits; only the first 48 bits and the version are replaced.
  const random = crypto.randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`
}
