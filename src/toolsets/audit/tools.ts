/** The audit toolset: who did what. It only reads; the rows are written by the calls themselves. */

import { READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { activityPageOutput, listActivityInput } from './schema.ts'
import { listActivity } from './service.ts'

export const audit: Toolset = {
  name: 'audit',
  title: 'Audit log',
  engine: 'postgres',
  tools: [
    tool({
      name: 'list_activity',
      title: 'List activity',
      description:
        "Lists the user's own tool calls, newest first: when, which tool and client, outcome, duration, and the rows that were changed or named. With the scope `audit:read` the whole tenant's. Filter by tool, outcome, user, target and time; go on with `next_cursor`.",
      scope: 'activity:read',
      annotations: READS,
      input: listActivityInput,
      output: activityPageOutput,
      handler: (input, { connections }) => listActivity(connections.postgres, input),
    }),
  ],
}
