/** What a migration has to say of the schemas and tables that it makes, so that the restricted login can use them and no more. */

const BREAKPOINT = '\n--> statement-breakpoint\n'

/** SQL to be put behind the migration; nothing where it makes no table. */
export function accessTo(migration: string): string {
  const schemas = migration.matchAll(/^CREATE SCHEMA ("[^"]+")/gm)
  const tables = migration.matchAll(/^CREATE TABLE (?:("[^"]+")\.)?("[^"]+")/gm)
  const statements = [
    ...[...schemas].map(([, schema]) => `grant usage on schema ${schema} to rowgate_app;`),
    ...[...tables].map(([, schema = '"public"', table]) => {
      const name = `${schema}.${table}`.replaceAll("'", "''")
      return `select rowgate.protect('${name}', 'select, insert, update, delete');`
    }),
  ]
  return statements.map((statement) => BREAKPOINT + statement).join('')
}
