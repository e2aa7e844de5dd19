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
        'Vacuums, analyzes or reindexes one table as its owner. Each time the user is asked first: by the client, or at the console.',
      scope: 'admin',
      annotations: CHANGES,
      input: operationInput,
      output: operationOutput,
      interactive: true,
      async handler({ operation, table }, { connections, interaction }) {
        if (interaction === undefined) throw new TypeError('An interactive tool is given `interaction`')
        const question = `Run ${operation} on ${table} now, as the owner?`
        const answer = await interaction.confirm(question, [operation, table], { oneTry: true })
        if (answer instanceof RawResult) return answer
        const { ms } = await connections.maintenance.run(operation, table, answer.confirmation)
        return { operation, table, ms }
      },
    }),
  ],
}
