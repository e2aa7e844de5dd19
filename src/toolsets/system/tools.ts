/** The system toolset: whether the engines answer, and how Postgres is doing. */

import { READS, type Toolset, tool } from '../../mcp/tool.ts'
import { diagnosticsOutput, healthOutput, nothing } from './schema.ts'
import { databaseDiagnostics } from './service.ts'

export const system: Toolset = {
  name: 'system',
  title: 'System',
  engine: 'postgres',
  tools: [
    tool({
      name: 'health_check',
      title: 'Check health',
      description: 'Whether each database answers, how fast, and whether its login is a safe one.',
      scope: 'system:health',
      annotations: READS,
      input: nothing,
      output: healthOutput,
      handler: (_, { connections }) => connections.health(),
    }),
    tool({
      name: 'database_diagnostics',
      title: 'Diagnose the database',
      description:
        'How PostgreSQL is doing: version, sizes, statistics per table, index use, slow statements where it counts them, and the settings that matter.',
      scope: 'system:read',
      annotations: READS,
      input: nothing,
      output: diagnosticsOutput,
      handler: (_, { connections }) => databaseDiagnostics(connections.postgres),
    }),
  ],
}
