/** Toolset sql: SELECT over the tables that the caller may read, and their descriptions. */

import { runQuery } from '../../sql-guard/query.ts'
import { queryInput, rowsOutput } from '../../sql-guard/schema.ts'
import { READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { tsvOf } from '../../toolkit/tsv.ts'
import { accessOf } from './access.ts'
import { explainQuery } from './explain.ts'
import {
  describedOutput,
  describeTablesInput,
  explainInput,
  listTablesInput,
  planOutput,
  tableListOutput,
} from './schema.ts'
import { describeTables, listTables } from './service.ts'

const READ = 'sql:read'
/**
 * Shared by everyone: the catalogue depends on the login, not on the caller. It changes with a migration or a
 * setting.
 */
const CATALOGUE = { ttlSeconds: 60, per: 'everyone', version: 2 } as const

export const sql: Toolset = {
  name: 'sql',
  title: 'SQL',
  engine: 'postgres',
  tools: [
    tool({
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
      handler: (input, call) => listTables(call.source.postgres, input.pattern, accessOf(call)),
    }),
    tool({
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
      handler: (input, call) => describeTables(call.source.postgres, input, accessOf(call)),
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
      handler: (input, call) => explainQuery(call.source.postgres, input, accessOf(call)),
    }),
  ],
}
