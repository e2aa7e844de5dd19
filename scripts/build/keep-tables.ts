/** Keeps the rows of a deleted toolset: a generated migration drops no table until somebody decides to. */

const BREAKPOINT = '--> statement-breakpoint'
const DROPS_TABLE = /^DROP TABLE ((?:"[^"]+"\.)?"[^"]+")/
const DROPS_SCHEMA = /^DROP SCHEMA ("[^"]+")/

/**
 * Removes the statements that drop tables and schemas, and adds working ones as comments. drizzle-kit's own
 * would fail: they drop policies or functions of another migration that are already gone, or still in use.
 */
export function withoutDrops(migration: string): string {
  const statements = migration.split(BREAKPOINT).map((statement) => statement.trim())
  const tables = statements.flatMap((statement) => DROPS_TABLE.exec(statement)?.[1] ?? [])
  if (tables.length === 0) return migration
  const schemas = statements.flatMap((statement) => DROPS_SCHEMA.exec(statement)?.[1] ?? [])
  const kept = statements.filter(
    (statement) =>
      !DROPS_TABLE.test(statement) &&
      !DROPS_SCHEMA.test(statement) &&
      !tables.some((table) => statement.startsWith('DROP POLICY ') && statement.includes(` ON ${table} `)),
  )
  const inNoSchema = tables.filter((table) => !schemas.some((schema) => table.startsWith(`${schema}.`)))
  const drops = [
    ...inNoSchema.map((table) => `-- drop table ${table} cascade;`),
    ...schemas.map((schema) => `-- drop schema ${schema} cascade;`),
  ]
  return [...kept, `-- Their tables stay, with their rows. To drop them:\n${drops.join('\n')}`].join(
    `\n${BREAKPOINT}\n`,
  )
}
