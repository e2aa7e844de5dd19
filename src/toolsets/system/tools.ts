/** Toolset system: health of the engines, and diagnostics of Postgres. */

import type { Services } from '../../toolkit/services.ts'
import { READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { diagnosticsOutput, healthOutput, nothing } from './schema.ts'
import { databaseDiagnostics } from './service.ts'

type HealthReport = Awaited<ReturnType<Services['health']>>

/** The report of a deployment with sources, as far as it concerns one of them. */
function ofSource(report: HealthReport, name: string): HealthReport {
  const source = report.sources?.[name]
  if (source === undefined) return report
  const status = source.status === 'down' ? 'down' : report.status === 'down' ? 'degraded' : report.status
  const { schema: _, ...health } = source
  return { status, engines: { [name]: health, ...report.engines } }
}

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
      on: 'chosen',
      annotations: READS,
      input: nothing,
      output: healthOutput,
      handler: async (_, { services, source, waitUntil }) =>
        ofSource(await services.health(waitUntil), source.name),
    }),
    tool({
      name: 'database_diagnostics',
      title: 'Diagnose the database',
      description:
        'Reports on PostgreSQL: version, sizes, statistics of tables and indexes, slow statements, settings.',
      scope: 'system:read',
      on: 'chosen',
      annotations: READS,
      input: nothing,
      output: diagnosticsOutput,
      handler: (_, { source }) => databaseDiagnostics(source.postgres),
    }),
  ],
}
