/** Toolset sql: SELECT over the tables that the caller may read, and their descriptions. */

import { runQuery } from '../../sql-guard/query.ts'
import { queryInput, rowsOutput } from '../../sql-guard/schema.ts'
import { type CallContext, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { tsvOf } from '../../toolkit/tsv.ts'
import { accessOf, visibleTables } from './access.ts'
import { explainQuery } from './explain.ts'
import { describeLocked, listLocked } from './locked.ts'
import { tableResources } from './resources.ts'
import {
  type DescribeTables,
  describedOutput,
  describeTablesInput,
  type Explain,
  explainInput,
  foundSchemaOutput,
  type ListTables,
  listTablesInput,
  planOutput,
  type SearchSchema,
  searchSchemaInput,
  tableListOutput,
} from './schema.ts'
import { searchSchema } from './search.ts'
import { tablesOfCatalogue, tablesOfLock } from './searched.ts'
import { describeTables, listTables } from './service.ts'

const READ = 'sql:read'
/**
 * The catalogue depends on the login, and on the scopes that tables need. It changes with a migration or a
 * setting.
 */
const CATALOGUE = { ttlSeconds: 60, per: 'scopes', version: 3, withoutLock: true } as const

async function listTablesOf(call: CallContext, { pattern }: ListTables) {
  const { lock } = call.source
  if (lock !== undefined) return listLocked(lock, call.caller, pattern)
  return await listTables(call.source.postgres, pattern, accessOf(call))
}

async function describeTablesOf(call: CallContext, input: DescribeTables) {
  const { lock } = call.source
  if (lock !== undefined) return describeLocked(lock, call.caller, input)
  return await describeTables(call.source.postgres, input, accessOf(call))
}

async function searchSchemaOf(call: CallContext, { words }: SearchSchema) {
  const { lock } = call.source
  const tables =
    lock === undefined
      ? await tablesOfCatalogue(call.source.postgres, accessOf(call))
      : tablesOfLock(lock, call.caller)
  return await searchSchema(tables, words, call.services.relatedWords)
}

function explainQueryOf(call: CallContext, input: Explain) {
  const { lock, postgres } = call.source
  return explainQuery(postgres, input, accessOf(call), lock && visibleTables(lock, call.caller))
}

const listTablesTool = tool({
  name: 'list_tables',
  title: 'List tables',
  description:
    'Lists the tables that `query` can read: kind, estimated rows over all users (null: unknown), comment. Start here, then `describe_tables`.',
  scope: READ,
  on: 'chosen',
  annotations: READS,
  input: listTablesInput,
  output: tableListOutput,
  cache: CATALOGUE,
  handler: (input, call) => listTablesOf(call, input),
})

const describeTablesTool = tool({
  name: 'describe_tables',
  title: 'Describe tables',
  description:
    'Describes up to 20 tables: columns, keys, indexes, and which rows you see. Call it before you write a query.',
  scope: READ,
  on: 'chosen',
  annotations: READS,
  input: describeTablesInput,
  output: describedOutput,
  cache: CATALOGUE,
  handler: (input, call) => describeTablesOf(call, input),
})

export const sql: Toolset = {
  name: 'sql',
  title: 'SQL',
  engine: 'postgres',
  resources: tableResources(listTablesTool, describeTablesTool),
  tools: [
    listTablesTool,
    describeTablesTool,
    tool({
      name: 'search_schema',
      title: 'Search the schema',
      description: 'Finds tables, columns, enum values and joins that mean some words.',
      scope: READ,
      on: 'chosen',
      annotations: READS,
      input: searchSchemaInput,
      output: foundSchemaOutput,
      cache: CATALOGUE,
      handler: (input, call) => searchSchemaOf(call, input),
    }),
    tool({
      name: 'query',
      title: 'Run a query',
      description:
        'Runs one SELECT in PostgreSQL over the rows that you may see. ' +
        'Pass values as `$1` with `parameters`. ' +
        'A refusal says what to write instead. Go on with `next_cursor`; that needs an ORDER BY.',
      scope: READ,
      on: 'chosen',
      annotations: READS,
      input: queryInput,
      output: rowsOutput,
      text: tsvOf,
      handler: (input, call) => runQuery(call.source.postgres, input, accessOf(call)),
    }),
    tool({
      name: 'explain_query',
      title: 'Explain a query',
      description:
        'Shows the plan and cost of a query; reads no table, though constants are worked out. For a query that is slow or was refused as too costly.',
      scope: READ,
      on: 'chosen',
      annotations: READS,
      input: explainInput,
      output: planOutput,
      handler: (input, call) => explainQueryOf(call, input),
    }),
  ],
}
