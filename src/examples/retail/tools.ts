/** Toolset retail: performance of the caller's stores, and the chain's products. */

import { rowsOutput } from '../../sql-guard/schema.ts'
import { READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { tsvOf } from '../../toolkit/tsv.ts'
import { storePerformance } from './performance.ts'
import { isoDate } from './periods.ts'
import { runSalesQuery } from './sales-query.ts'
import {
  type CurrentDate,
  currentDateInput,
  currentDateOutput,
  salesQueryInput,
  searchProductsInput,
  searchProductsOutput,
  storePerformanceInput,
  storePerformanceOutput,
  tableSchemasInput,
  tableSchemasOutput,
} from './schema.ts'
import { searchProducts } from './search.ts'
import { tableSchemas } from './table-schemas.ts'

const READ = 'retail:read'
export const retail: Toolset = {
  name: 'retail',
  title: 'Retail',
  engine: 'postgres',
  tables: { [READ]: ['retail.*'] },
  tools: [
    tool({
      name: 'get_store_performance',
      title: 'Store performance',
      description:
        'Reports how one of your stores does in a period, and in the one before: revenue, orders, average basket, best-selling ' +
        'products with stock, categories, and insights in sentences. Revenue leaves out cancelled and returned orders.',
      scope: READ,
      annotations: READS,
      input: storePerformanceInput,
      output: storePerformanceOutput,
      handler: (input, { connections }) => storePerformance(connections.postgres, input, new Date()),
    }),
    tool({
      name: 'semantic_search_products',
      title: 'Search products by meaning',
      description:
        'Finds products by what they are for, in plain words; best match first, with a similarity from 0 to 1. ' +
        'To filter by price, category or stock use `execute_sales_query`.',
      scope: READ,
      annotations: READS,
      input: searchProductsInput,
      output: searchProductsOutput,
      handler: (input, { connections, services, signal }) =>
        searchProducts(connections.postgres, services.embedder, input, signal),
    }),
    tool({
      name: 'execute_sales_query',
      title: 'Query the shop',
      description:
        'Runs one SELECT in PostgreSQL over the shop (schema `retail`), your stores only. First read ' +
        '`get_multiple_table_schemas`; never guess a name. Select names rather than ids, aggregate in SQL, and leave cancelled ' +
        'and returned orders out of revenue; for "last month" ask `get_current_utc_date`. Pass values as `$1` ' +
        'with `parameters`. Go on with `next_cursor`; that needs an ORDER BY.',
      scope: READ,
      annotations: READS,
      input: salesQueryInput,
      output: rowsOutput,
      text: tsvOf,
      handler: (input, { connections }) => runSalesQuery(connections.postgres, input),
    }),
    tool({
      name: 'get_multiple_table_schemas',
      title: 'Table schemas',
      description:
        "Describes the shop's tables: what a row is, which rows you see, columns, keys. Call it before `execute_sales_query`.",
      scope: READ,
      annotations: READS,
      input: tableSchemasInput,
      output: tableSchemasOutput,
      handler: (input) => Promise.resolve(tableSchemas(input.tables)),
    }),
    tool({
      name: 'get_current_utc_date',
      title: 'Current date',
      description:
        'Returns the current date, time and weekday in UTC. Call it before you work out "last month" or "this week".',
      scope: READ,
      annotations: { ...READS, idempotentHint: false },
      input: currentDateInput,
      output: currentDateOutput,
      handler: () => Promise.resolve(currentDate(new Date())),
    }),
  ],
}

function currentDate(now: Date): CurrentDate {
  const weekday = now.toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' })
  return { date: isoDate(now), time: now.toISOString(), weekday }
}
