/**
 * Toolset admin: maintenance as the tables' owner. Off without DATABASE_OWNER_URL; the user confirms each
 * operation.
 */

import { CHANGES, RawResult, type Toolset, tool } from '../../toolkit/tool.ts'
import { operationInput, operationOutput } from './schema.ts'

export const admin: Toolset = {
  name: 'admin',
  title: 'Administration',
  engine: 'maintenance',
  tools: [
    tool({
      name: 'admin_database_operation',
      title: 'Maintain a table',
      description:
        "Vacuums, analyzes or reindexes one table as its owner. Before it runs, the client is asked for its user's confirmation, which needs MCP 2026-07-28 with elicitation.",
      scope: 'admin',
      annotations: CHANGES,
      input: operationInput,
      output: operationOutput,
      interactive: true,
      async handler({ operation, table }, { connections, interaction }) {
        if (interaction === undefined) throw new TypeError('An interactive tool is given `interaction`')
        const answer = await interaction.confirm(`Run ${operation} on ${table} now, as the owner?`, [
          operation,
          table,
        ])
        if (answer instanceof RawResult) return answer
        const { ms } = await connections.maintenance.run(operation, table, answer.confirmation)
        return { operation, table, ms }
      },
    }),
  ],
}
