/** Tables as MCP resources: `db://main/issues` holds what `describe_tables` says of the table. */

import type { Tool, ToolResources } from '../../toolkit/tool.ts'
import { describedOutput, tableListOutput } from './schema.ts'

export function tableResources(list: Tool, describe: Tool): ToolResources {
  return {
    scheme: 'db',
    title: 'Tables',
    description: 'A table: its columns, keys, indexes, and which rows you see.',
    list: { tool: list, entries: listedTables },
    read: {
      tool: describe,
      argumentsFor: (table) => ({ tables: [table] }),
      contentOf: (data) => describedOutput.parse(data).tables[0],
    },
  }
}

function listedTables(data: unknown) {
  const { columns, rows } = tableListOutput.parse(data)
  const [name, comment] = [columns.indexOf('name'), columns.indexOf('comment')]
  return rows.map((row) => ({ name: String(row[name]), comment: textOf(row[comment]) }))
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
