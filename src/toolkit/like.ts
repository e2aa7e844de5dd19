/** A text that a person searches for, as a pattern of LIKE in Postgres. */

/** Finds the text anywhere; its wildcards are ordinary characters. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
