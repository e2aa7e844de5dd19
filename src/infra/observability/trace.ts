/** W3C Trace Context: the trace id of a `traceparent` (Trace Context §3.2), and nothing else of it. */

/** Version 00 to fe, a trace id and a parent id that are not all zeros, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/

/** The trace id, 32 hex digits, or undefined for anything that is not a well-formed `traceparent`. */
export function traceIdOf(traceparent: unknown): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined
}

/** The trace id as an SQL comment, so that the database's own log can be joined to a trace. It is hex digits and nothing else. */
export function traceComment(traceId: string | undefined): string {
  return traceId === undefined ? '' : ` /* trace_id='${traceId}' */`
}
