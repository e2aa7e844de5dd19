/** Quotes values and names for SQL statements without parameters. */

export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return text.includes('\\') ? `E${quoted}` : quoted
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
