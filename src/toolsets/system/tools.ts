/** Toolset system: health of the engines, and diagnostics of Postgres. */

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
        'Checks whether each database answers, how fast, and whether row security binds its login. For calls that fail as UNAVAILABLE.',
      scope: 'system:health',
      annotations: READS,
      input: nothing,
      output: healthOutput,
      handler: (_, { services, waitUntil }) => services.health(waitUntil),
    }),
    tool({
      name: 'database_diagnostics',
      title: 'Diagnose the database',
      description:
        'Reports on PostgreSQL: version, sizes, statistics of tables and indexes, slow statements, settings.',
      scope: 'system:read',
      annotations: READS,
      input: nothing,
      output: diagnosticsOutput,
      handler: (_, { connections }) => databaseDiagnostics(connections.postgres),
    }),
  ],
}
