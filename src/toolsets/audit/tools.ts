/** Toolset audit: who did what. Reads only; calls write their own audit rows. */

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
        "Lists the user's tool calls, newest first: time, tool, client, outcome, duration, and the rows changed or named. With the scope `audit:read` the whole tenant's.",
      scope: 'activity:read',
      on: 'chosen',
      annotations: READS,
      input: listActivityInput,
      output: activityPageOutput,
      handler: (input, { source }) => listActivity(source.postgres, input),
    }),
  ],
}
