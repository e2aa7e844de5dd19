/** Asks Postgres for the types of a statement's parameters and columns. */

import { randomUUID } from 'node:crypto'
import type { TableLock } from '../../../../src/infra/config/lock-file.ts'
import { splitAt } from '../../../../src/toolkit/placeholders.ts'
import type { Owner } from '../../../local/postgres/backend.ts'
import { PostgresError } from '../../../local/postgres/backend.ts'
import { identifier, literal } from '../../../local/postgres/literal.ts'
import type { HeadParameter } from './head.ts'
import { ToolProblem } from './problem.ts'
import type { Statement } from './statement.ts'

export interface Described {
  readonly parameters: readonly string[]
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

export interface Description {
  readonly statement: Statement
  readonly tables: readonly TableLock[]
  /**
   * The views are in the database, and `owner` may read them. Otherwise each stands as a WITH of its name,
   * whose columns are nulls of the view's types.
   */
  readonly isMade: boolean
  readonly parameters: readonly HeadParameter[]
  readonly line: number
}

/** Throws `ToolProblem` in Postgres' words, which the operator reads. */
export async function describeRead(
  owner: Owner,
  { statement, tables, isMade, parameters, line }: Description,
): Promise<Described> {
  const { views, uses } = statement
  const lead = isMade ? '' : shadows(tables.filter(({ name }) => views.has(name)))
  const bare = isMade ? statement.qualified : statement.bare
  const prepared = `rowgate_${randomUUID().replaceAll('-', '')}`
  const run = (sql: string) => owner(sql).catch(problemAt(line, parameters))
  // One script, which leaves nothing behind on a pooler's connection.
  const { rows: types } = await run(
    `prepare ${identifier(prepared)} as ${lead} select * from (${bare}\n) as described;
     select set_config('rowgate.described', coalesce((
       select json_agg(format_type(p.type, null) order by p.place)::text
       from pg_prepared_statements s, unnest(s.parameter_types::oid[]) with ordinality as p (type, place)
       where s.name = ${literal(prepared)}), '[]'), true);
     deallocate ${identifier(prepared)};
     select current_setting('rowgate.described')`,
  )
  const parameterTypes = textsIn(types[0]?.[0])
  if (parameterTypes.length < uses.length)
    throw new ToolProblem(line, 'Postgres does not see every parameter')
  const { texts, placeholders } = splitAt('$', bare)
  const nulls = placeholders.map((place) => `cast(null as ${parameterTypes[Number(place) - 1] ?? 'text'})`)
  const filled = texts.map((text, at) => text + (nulls[at] ?? '')).join('')
  const { fields } = await run(`${lead} select * from (${filled}\n) as described limit 0`)
  if (fields.length === 0) throw new ToolProblem(line, 'it has no column to answer')
  const named = fields.map(
    ({ dataTypeID, dataTypeModifier }) => `format_type(${dataTypeID}, ${dataTypeModifier})`,
  )
  const { rows: columns } = await run(`select json_build_array(${named.join(', ')})`)
  const columnTypes = textsIn(columns[0]?.[0])
  return {
    parameters: parameterTypes,
    columns: fields.map(({ name }, at) => ({ name, type: columnTypes[at] ?? 'text' })),
  }
}

function shadows(tables: readonly TableLock[]): string {
  const parts = tables.map(({ name, columns }) => {
    const nulls = columns.map((column) => `cast(null as ${column.type}) as ${identifier(column.name)}`)
    return `${identifier(name)} as (select ${nulls.join(', ')} where false)`
  })
  return parts.length === 0 ? '' : `with ${parts.join(', ')}`
}

function textsIn(json: string | null | undefined): readonly string[] {
  const values: unknown = JSON.parse(json ?? '[]')
  return Array.isArray(values) ? values.map(String) : []
}

function problemAt(line: number, parameters: readonly HeadParameter[]) {
  return (error: unknown): never => {
    if (!(error instanceof PostgresError)) throw error
    const place = /data type of parameter \$(\d+)/.exec(error.message)?.[1]
    const parameter = parameters[Number(place) - 1]
    if (parameter === undefined) throw new ToolProblem(line, error.message)
    const { name } = parameter
    throw new ToolProblem(
      parameter.line,
      `the type of \`${name}\` is not clear; write it: \`-- param ${name} text: …\``,
    )
  }
}
