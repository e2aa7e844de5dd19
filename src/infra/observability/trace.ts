/** W3C Trace Context §3.2: reads the trace id of a `traceparent`. */

/** Version 00 to fe, a trace id and a parent id that are not all zeros, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/

/** 32 hex digits; undefined if `traceparent` is not well-formed. */
export function traceIdOf(traceparent: unknown): string | undefined {
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined
}

/** An SQL comment, so that the database's log can be joined to a trace. Safe in SQL: hex digits only. */
export function traceComment(traceId: string | undefined): string {
  return traceId === undefined ? '' : ` /* trace_id='${traceId}' */`
}
