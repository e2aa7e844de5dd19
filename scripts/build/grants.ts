/** What a migration has to say of the tables that it makes, so that the Worker's login can use their rows and no more. */

const BREAKPOINT = '\n--> statement-breakpoint\n'

/** SQL to be put behind the migration; nothing where it makes no table. */
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
