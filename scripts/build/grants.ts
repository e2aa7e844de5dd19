/** The grants of a generated migration: the Worker's login may use its tables' rows, and nothing more. */

const BREAKPOINT = '\n--> statement-breakpoint\n'

/** Gives the SQL to append to the migration; empty if it creates no table. */
export function accessTo(migration: string): string {
  const tables = migration.matchAll(/^CREATE TABLE (?:("[^"]+")\.)?("[^"]+")/gm)
  const statements = [...tables].flatMap(([, schema = '"public"', table]) => {
    const name = `${schema}.${table}`
    return [
      `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`,
      `select rowgate.protect('${name.replaceAll("'", "''")}', 'select, insert, update, delete');`,
    ]
  })
  return statements.map((statement) => BREAKPOINT + statement).join('')
}
