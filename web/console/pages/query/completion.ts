/** Completes SQL from what the caller may read. */

import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  ifNotIn,
} from '@codemirror/autocomplete'
import {
  keywordCompletionSource,
  PostgreSQL,
  type SQLNamespace,
  schemaCompletionSource,
} from '@codemirror/lang-sql'
import type { Column } from '../data/catalogue.ts'
import type { VisibleSchema, VisibleTable } from './visible-schema.ts'

/** Puts the columns of the query's tables before its other names. */
const FIRST = 10

/** `schema`: asked each time, since the person may choose another source. */
export function completions(schema: () => VisibleSchema): readonly CompletionSource[] {
  const tables = (context: CompletionContext) => schema().tablesFor(context.state.doc.toString())
  return [
    keywordCompletionSource(PostgreSQL, true),
    async (context) =>
      await schemaCompletionSource({ dialect: PostgreSQL, schema: namespaceOf(await tables(context)) })(
        context,
      ),
    ifNotIn(['String', 'LineComment', 'BlockComment'], async (context) =>
      columnsOf(context, await tables(context)),
    ),
  ]
}

/** The tables by schema and, as the search path finds them, by their names alone. */
function namespaceOf(tables: readonly VisibleTable[]): SQLNamespace {
  const root: Record<string, SQLNamespace> = {}
  const schemas = new Map<string, Record<string, SQLNamespace>>()
  for (const { path, about, columns } of tables) {
    const [name = '', schema] = [...path].reverse()
    const self = { label: name, type: 'type', ...(about !== undefined && { detail: about.slice(0, 60) }) }
    const table = { self, children: columns.map(optionOf) }
    root[escaped(name)] ??= table
    if (schema === undefined) continue
    const inSchema = schemas.get(schema) ?? {}
    schemas.set(schema, inSchema)
    inSchema[escaped(name)] = table
  }
  for (const [schema, inSchema] of schemas) root[escaped(schema)] ??= inSchema
  return root
}

/** A dot in a name of the namespace would divide it. */
function escaped(name: string): string {
  return name.replaceAll(/[\\.]/g, '\\$&')
}

function optionOf({ name, type, comment }: Column): Completion {
  return {
    label: name,
    type: 'property',
    detail: type,
    ...(comment !== null && { info: comment }),
    ...(!/^[a-z_][a-z0-9_$]*$/.test(name) && { apply: `"${name.replaceAll('"', '""')}"` }),
  }
}

/** Columns of the tables that the query names, where a name stands alone. */
function columnsOf(context: CompletionContext, tables: readonly VisibleTable[]): CompletionResult | null {
  const word = context.matchBefore(/(?<![\w$."])[\p{L}_][\p{L}\p{N}_$]*$/u)
  if (word === null && !context.explicit) return null
  if (context.matchBefore(/\.\s*[\p{L}\p{N}_$]*$/u) !== null) return null
  const options = tables.flatMap(({ path, columns }) =>
    columns.map((column) => ({
      ...optionOf(column),
      boost: FIRST,
      detail: `${path.at(-1)} · ${column.type}`,
    })),
  )
  return { from: word?.from ?? context.pos, options, validFor: /^[\p{L}\p{N}_$]*$/u }
}
