/** Input and output schemas of the approvals. */

import * as z from 'zod'
import { json } from '../../sql-guard/schema.ts'

export const listApprovalsInput = z.strictObject({})

export const decideApprovalInput = z.strictObject({
  id: z.uuid().describe('Of the approval'),
  approve: z.boolean().describe('false refuses it'),
})

const values = z.array(json).nullable()

export const approvalOutput = z.object({
  id: z.uuid(),
  tool: z.string(),
  client: z.string().nullable().describe('That asked'),
  question: z.string(),
  arguments: z.string().optional().describe('JSON; cut where it is long'),
  rows: z
    .object({ columns: z.array(z.string()), before: values, after: values, left_out: z.int().optional() })
    .optional()
    .describe('The row that is written, before and after; null where there is none'),
  state: z.enum(['waiting', 'approved', 'refused', 'used']),
  asked_at: z.string(),
  expires_at: z.string(),
})

export const approvalsOutput = z.object({ approvals: z.array(approvalOutput) })

export type DecideApproval = z.output<typeof decideApprovalInput>
export type Approval = z.output<typeof approvalOutput>
