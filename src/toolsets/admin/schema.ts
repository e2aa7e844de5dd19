/** Input and output schemas of `admin_database_operation`. */

import * as z from 'zod'

export const operationInput = z.strictObject({
  operation: z
    .enum(['vacuum', 'analyze', 'reindex'])
    .describe('`vacuum` (with analyze), `analyze`, or `reindex` (concurrently)'),
  table: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}\.[a-z_][a-z0-9_]{0,62}$/, 'must be `schema.table`')
    .describe('The table, as `schema.table`'),
})

export const operationOutput = z.object({ operation: z.string(), table: z.string(), ms: z.number() })
