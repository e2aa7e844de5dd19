/**
 * Toolset approvals: a person's own writes that wait for them. For the console alone: an agent must not
 * approve what it has asked for.
 */

import { type CallContext, CHANGES, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { approvalOutput, approvalsOutput, decideApprovalInput, listApprovalsInput } from './schema.ts'
import { decideApproval, listApprovals } from './service.ts'

const READ = 'approvals:read'
const WRITE = 'approvals:write'

function keeper({ connections, services }: CallContext) {
  return connections.source(services.auditSource)
}

export const approvals: Toolset = {
  name: 'approvals',
  title: 'Approvals',
  engine: 'postgres',
  tools: [
    tool({
      name: 'list_approvals',
      title: 'List approvals',
      description:
        'Lists your writes of the last ten minutes that an agent could not ask you about, newest first.',
      scope: READ,
      console: true,
      annotations: READS,
      input: listApprovalsInput,
      output: approvalsOutput,
      handler: (_, call) => listApprovals(keeper(call)),
    }),
    tool({
      name: 'decide_approval',
      title: 'Approve or refuse',
      description: 'Approves or refuses one. The agent then calls again, and what was approved happens once.',
      scope: WRITE,
      console: true,
      annotations: CHANGES,
      input: decideApprovalInput,
      output: approvalOutput,
      handler: (input, call) => decideApproval(keeper(call), input, call.caller.clientId),
    }),
  ],
}
