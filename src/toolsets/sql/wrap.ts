/** The statement that really runs: the caller's one inside a derived table, where Postgres refuses a WITH that writes. */

/** Rows, from the first one to skip. */
export interface Window {
  readonly limit: number
  readonly offset?: number
}

/**
 * Wraps a query that the guard has accepted. `length` is the verdict's: it cuts off a semicolon and what follows. The line
 * breaks end a trailing `--` comment. One row more than the limit is asked for, to know whether there are more.
 */
export function wrap(query: string, length: number, { limit, offset = 0 }: Window): string {
  const statement = length === 0 ? query : firstBytes(query, length)
  return `select * from (\n${statement}\n) q limit ${limit + 1}${offset === 0 ? '' : ` offset ${offset}`}`
}

function firstBytes(query: string, length: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(query).subarray(0, length))
}
