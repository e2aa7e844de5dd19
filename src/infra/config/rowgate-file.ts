/**
 * Schema of `rowgate.yaml`: what a deployment serves. It describes the whole format; parts that are not built
 * yet are refused with an error (`scripts/build/rowgate-file.ts`).
 */

import * as z from 'zod'

/** A name as in the database: `Order Items` without quotes. */
const identifier = z
  .string()
  .regex(/^[^\p{Cc}"]{1,63}$/u, 'must be a name as the database has it, without quotes')
const name = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be lower-case letters, digits and _')
const column = identifier.describe('A column of the table')
const scope = z
  .string()
  .regex(/^[a-z][a-z0-9_.:-]{0,63}$/, 'must be a scope such as `hr:read`')
  .describe('Only callers whose token has this scope')

/** A value from the token, which the caller cannot choose. */
const claim = z
  .string()
  .regex(
    /^(tenant|user|(user|claim)\.[A-Za-z_][A-Za-z0-9_]*)$/,
    'must be `tenant`, `user`, `user.NAME` for what `identity.user.as` names, or `claim.NAME`',
  )
  .describe('`tenant`, `user`, `user.NAME` for what `identity.user.as` names, or `claim.NAME`')

const enforce = z
  .enum(['views', 'policies'])
  .describe('How row access is enforced: by barrier views, or by row security under plain views')

const rows = z.union([
  z.enum(['tenant', 'all']).describe("The caller's tenant's rows, or every row"),
  z
    .strictObject({
      via: z
        .string()
        .regex(/^[^\s>].* -> \S.*$/, 'must be `COLUMN -> TABLE`')
        .describe('The rows whose parent the caller sees, by a foreign key: `issue_id -> issues`'),
    })
    .describe('Through another table of this file'),
  z
    .record(identifier, claim)
    .refine((columns) => Object.keys(columns).length > 0, 'must name a column')
    .describe('The rows in which each of these columns has this value'),
])

/**
 * Shows a column whole or by a mask. A mask holds wherever the column is used: in filters, sort orders and
 * plans too.
 */
const shown = z.union([
  z
    .enum(['show', 'hide', 'mask(email)', 'mask(last 4)', 'hash', 'year', 'size'])
    .describe(
      '`mask(email)`: a***@example.com. `mask(last 4)`: ***1234. `hash`: equal values stay equal. `year`: of a date or time. `size`: bytes',
    ),
  z.strictObject({ scope }).describe('The value for callers with this scope, null for others'),
])

/** Writes that the caller's user must confirm. */
const confirm = z.union([
  z.enum(['always', 'never']),
  z.string().regex(/^over [1-9]\d{0,5} rows$/, 'must be `always`, `never` or `over N rows`'),
])

const table = z.strictObject({
  rows: rows.describe('Which rows a caller sees and may write'),
  allow: z
    .array(z.enum(['find', 'get', 'insert', 'update', 'delete']))
    .min(1)
    .optional()
    .describe('Allowed operations (default: find and get)'),
  insert: z.array(column).min(1).optional().describe('Columns that an insert may set'),
  update: z.array(column).min(1).optional().describe('Columns that an update may change'),
  set: z.record(identifier, claim).optional().describe('Columns of a new row that the caller cannot choose'),
  order: z
    .string()
    .regex(/^-?[^\s-].*$/, 'must be a column, with a hyphen before it for the highest first')
    .optional()
    .describe('The column that lists are ordered by, such as `-id` (default: the key)'),
  columns: z
    .record(identifier, shown)
    .optional()
    .describe('Visible columns, whole or masked (default: those that `plan` finds harmless)'),
  confirm: z
    .union([
      confirm,
      z.strictObject({
        insert: confirm.optional(),
        update: confirm.optional(),
        delete: confirm.optional(),
      }),
    ])
    .optional()
    .describe("Writes that the caller's user must confirm (default: deletes always)"),
  window: z
    .strictObject({ column, days: z.int().min(1).max(3660) })
    .optional()
    .describe('A time window that each read must lie in, for a large partitioned table'),
  accept: z
    .array(z.enum(['triggers', 'row security']))
    .min(1)
    .optional()
    .describe('`triggers`: writes run them as the agent. `row security`: the reader may have a policy here'),
  scope: scope.optional(),
  enforce: enforce.optional(),
})

const source = z.strictObject({
  engine: z.enum(['postgres']).describe('The kind of database'),
  connect: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a binding or a secret, such as HYPERDRIVE_APP')
    .describe('Binding or secret with which the Worker connects'),
  enforce: enforce.optional(),
  schemas: z.array(identifier).min(1).optional().describe('Schemas of its tables (default: public)'),
  view_schema: identifier.optional().describe('The schema of the views (default: agent)'),
  identity: z
    .strictObject({
      tenant: z
        .strictObject({
          claim: z.string().min(1).describe('The claim of the token that names the tenant'),
          type: z.enum(['uuid', 'text', 'integer', 'bigint']).describe("The column's type"),
          column: column.describe('The column of each table of `rows: tenant`'),
        })
        .optional(),
      user: z
        .strictObject({
          lookup: z
            .string()
            .regex(/^[^.]+(\.[^.]+){1,2}$/, 'must be TABLE.COLUMN')
            .describe("The column that holds the token's subject: `members.external_sub`"),
          as: name.describe('The column of that row by which other tables know the user: `member_id`'),
        })
        .optional(),
    })
    .optional(),
  tables: z
    .record(
      z.string().regex(/^[^\p{Cc}"]{1,127}$/u, 'must be `TABLE` or `SCHEMA.TABLE`, without quotes'),
      z.union([z.literal('deny'), table]),
    )
    .optional()
    .describe('Tables and views, by `TABLE` or `SCHEMA.TABLE`'),
  new_tables: z.literal('deny').optional().describe('Hides tables that the file does not name'),
  new_columns: z.literal('deny').optional().describe('Hides columns that the file does not name'),
  tools: z.string().min(1).optional().describe('Files of SQL tools: `rowgate/app/*.sql`'),
  audit: z.boolean().optional().describe('Its audit log also records calls of other engines'),
})

export const rowgateFile = z.strictObject({
  version: z.literal(1).describe('The version of this format'),
  sources: z.record(name, source).optional().describe('Databases to serve, by the name that tools use'),
  toolsets: z
    .array(name)
    .min(1)
    .optional()
    .describe('Toolsets to serve, in this order (default: all of src/toolsets)'),
  examples: z.array(name).optional().describe('Examples to serve (default: none)'),
})

export type RowgateFile = z.output<typeof rowgateFile>
export type SourceFile = z.output<typeof source>
export type TableFile = z.output<typeof table>
export type ShownAs = z.output<typeof shown>
