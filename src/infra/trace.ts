/** W3C Trace Context: the trace id of a `traceparent` (Trace Context §3.2), and nothing else of it. */

/** Version 00 to fe, a trace id and a parent id that are not all zeros, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/

/** The trace id, 32 hex digits, or undefined for anything that is not a well-formed `traceparent`. */
export function traceIdOf(traceparent: unknown): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined
}
