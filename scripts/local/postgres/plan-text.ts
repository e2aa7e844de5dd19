/** Prints a migration's plan. */

import type { MigrationFile } from '../migration-files.ts'
import type { MigrationPlan } from './migrations.ts'

/** One line per change. */
export function planLines({
  files,
  login,
  makesLogin,
  adoptsLogin,
  installsKey,
  state,
}: MigrationPlan): string[] {
  const parts = Map.groupBy(files, ({ part }) => part)
  return [
    ...(makesLogin
      ? [`the login "${login}", which owns nothing and may call only what Rowgate grants it`]
      : []),
    ...(adoptsLogin ? [`grants to the role "${login}", which is there already`] : []),
    ...[...parts].map(([part, ofPart]) => partLine(part, ofPart, state.hasSchema)),
    ...(installsKey ? ['an identity key in rowgate.identity_keys'] : []),
  ]
}

function partLine(part: string, files: readonly MigrationFile[], hasSchema: boolean): string {
  if (part !== 'core') return `${part}: ${madeBy(files).join(', ')}`
  return hasSchema
    ? `in the schema rowgate: ${files.map(({ name }) => name).join(', ')}`
    : 'the schema rowgate: identity, audit log and the functions of both'
}

/** The schemas, extensions and schema-less tables that the files create. */
function madeBy(files: readonly MigrationFile[]): string[] {
  const made = /^\s*create (schema|extension|table)(?: if not exists)? "?(\w+)"?(?=[\s;(])/gim
  return files.flatMap(({ sql }) =>
    [...sql.matchAll(made)].map(([, kind = '', name = '']) => `${kind.toLowerCase()} ${name}`),
  )
}
