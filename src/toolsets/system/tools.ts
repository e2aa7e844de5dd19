/** The system toolset: whether the engines answer, and how Postgres is doing. */

import { READS, type Toolset, tool } from '../../toolkit/tool.ts'
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
      description:
        'Tells whether each database answers, how fast, and whether row security binds its login. Ask when calls fail as UNAVAILABLE.',
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
        'Reports how PostgreSQL is doing: version, sizes, statistics per table, index use, slow statements where it counts them, and the settings that matter.',
      scope: 'system:read',
      annotations: READS,
      input: nothing,
      output: diagnosticsOutput,
      handler: (_, { connections }) => databaseDiagnostics(connections.postgres),
    }),
  ],
}
