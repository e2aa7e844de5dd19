/** Toolset rows: the rows of declared sources, one table at a time, and the SQL tools of their files. */

import * as z from 'zod'
import type { RowOperation, SourceLock } from '../../infra/config/lock-file.ts'
import type { Source } from '../../toolkit/services.ts'
import {
  ADDS,
  type CallContext,
  CHANGES,
  RawResult,
  READS,
  type Tool,
  type Toolset,
  type ToolView,
  tool,
} from '../../toolkit/tool.ts'
import { tsvOf } from '../../toolkit/tsv.ts'
import { confirmed } from './confirm.ts'
import { findRows, getRow } from './find.ts'
import {
  deletedRowOutput,
  deleteRowInput,
  findRowsInput,
  getRowInput,
  insertRowInput,
  rowOutput,
  rowsPageOutput,
  updateRowInput,
} from './schema.ts'
import { sqlTools } from './sql-tools.ts'
import { tableFor, tablesFor } from './tables.ts'
import { deleteRow, insertRow, type Target, updateRow } from './write.ts'

const READ = 'rows:read'
const WRITE = 'rows:write'

/** Beyond this many, names are checked and not listed: a model reads them on every turn. */
const MOST_LISTED = 40

/** The input with the tables that a caller may name for this operation. */
function listing(input: z.ZodObject, operation: RowOperation) {
  return ({ sources, scopes }: ToolView): z.ZodObject => {
    const names = sources.flatMap(({ lock }) =>
      lock === undefined ? [] : tablesFor(operation, lock, scopes),
    )
    const distinct = [...new Set(names)]
    if (distinct.length === 0 || distinct.length > MOST_LISTED) return input
    return input.safeExtend({ table: z.enum(distinct).describe('Table') })
  }
}

function targetOf(operation: RowOperation, name: string, { source, caller }: CallContext): Target {
  const lock = lockOf(source)
  return { lock, table: tableFor(operation, name, { name: source.name, lock }, caller.scopes) }
}

function lockOf({ name, lock }: Source): SourceLock {
  if (lock === undefined) throw new Error(`The source ${name} has no lock, so no tool of rows is for it.`)
  return lock
}

const rowTools: Readonly<Record<RowOperation, Tool>> = {
  find: tool({
    name: 'find_rows',
    title: 'Find rows',
    description:
      'Finds rows of a table by comparisons, a page at a time. `describe_tables` tells of its columns and which rows you see. For joins and sums use `query`.',
    scope: READ,
    annotations: READS,
    on: 'chosen',
    input: findRowsInput,
    listedInput: listing(findRowsInput, 'find'),
    output: rowsPageOutput,
    text: tsvOf,
    handler: (input, call) =>
      findRows(call.source.postgres, targetOf('find', input.table, call).table, input, Date.now()),
  }),
  get: tool({
    name: 'get_row',
    title: 'Get a row',
    description: 'Returns one row by its key.',
    scope: READ,
    annotations: READS,
    on: 'chosen',
    input: getRowInput,
    listedInput: listing(getRowInput, 'get'),
    output: rowOutput,
    handler: (input, call) => getRow(call.source.postgres, targetOf('get', input.table, call).table, input),
  }),
  insert: tool({
    name: 'insert_row',
    title: 'Insert a row',
    description: 'Adds a row and returns it. A refusal says which columns it takes.',
    scope: WRITE,
    annotations: ADDS,
    on: 'chosen',
    interactive: true,
    input: insertRowInput,
    listedInput: listing(insertRowInput, 'insert'),
    output: rowOutput,
    async handler(input, call) {
      const target = targetOf('insert', input.table, call)
      const write = await confirmed(call, target.table, 'insert', input)
      return write instanceof RawResult ? write : insertRow(call.source.postgres, target, write)
    },
  }),
  update: tool({
    name: 'update_row',
    title: 'Update a row',
    description: 'Changes columns of one row and returns it. Columns left out stay.',
    scope: WRITE,
    annotations: CHANGES,
    on: 'chosen',
    interactive: true,
    input: updateRowInput,
    listedInput: listing(updateRowInput, 'update'),
    output: rowOutput,
    async handler(input, call) {
      const target = targetOf('update', input.table, call)
      const write = await confirmed(call, target.table, 'update', input)
      return write instanceof RawResult ? write : updateRow(call.source.postgres, target, write)
    },
  }),
  delete: tool({
    name: 'delete_row',
    title: 'Delete a row',
    description: 'Deletes one row for good. The user may be asked first.',
    scope: WRITE,
    annotations: CHANGES,
    on: 'chosen',
    interactive: true,
    input: deleteRowInput,
    listedInput: listing(deleteRowInput, 'delete'),
    output: deletedRowOutput,
    async handler(input, call) {
      const target = targetOf('delete', input.table, call)
      const write = await confirmed(call, target.table, 'delete', input)
      return write instanceof RawResult ? write : deleteRow(call.source.postgres, target, write)
    },
  }),
}

const OPERATIONS = ['find', 'get', 'insert', 'update', 'delete'] as const

/** The tools for what some file allows somewhere, and those of files. */
function toolsOf(sources: readonly Source[]): Tool[] {
  const tables = sources.flatMap(({ lock }) => lock?.tables ?? [])
  const allowed = OPERATIONS.filter((operation) => tables.some(({ allow }) => allow.includes(operation)))
  return [...allowed.map((operation) => rowTools[operation]), ...sqlTools(sources)]
}

export const rows: Toolset = {
  name: 'rows',
  title: 'Rows',
  engine: 'postgres',
  tools: [],
  toolsOf,
}
