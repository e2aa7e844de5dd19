/** An approval as the server gives it, and what the page works out of it. */

import type { Json } from '../../../parts/answer.ts'
import { dataOf } from '../../mcp/client.ts'

export interface Change {
  readonly columns: readonly string[]
  readonly before: readonly Json[] | null
  readonly after: readonly Json[] | null
  /** Columns that are not among these. */
  readonly left_out?: number
}

export interface Approval {
  readonly id: string
  readonly tool: string
  readonly client: string | null
  readonly question: string
  /** JSON, perhaps cut. */
  readonly arguments?: string
  readonly rows?: Change
  readonly state: 'waiting' | 'approved' | 'refused' | 'used'
  readonly asked_at: string
  readonly expires_at: string
}

/** Asked for when somebody comes to approve, and not before. */
export const APPROVAL_SCOPES = ['approvals:read', 'approvals:write'] as const

export async function listApprovals(): Promise<readonly Approval[]> {
  return (await dataOf<{ readonly approvals: readonly Approval[] }>('list_approvals')).approvals
}

export function decideApproval(id: string, approve: boolean): Promise<Approval> {
  return dataOf<Approval>('decide_approval', { id, approve })
}

/** Whether its time still matters. */
export function isOpen({ state }: Approval): boolean {
  return state === 'waiting' || state === 'approved'
}

/** In words. The server's clock decides; this one may be wrong, so it never says that the time is over. */
export function timeLeft({ expires_at }: Approval, now: number): string {
  const seconds = Math.floor((Date.parse(expires_at) - now) / 1000)
  if (seconds < 1) return 'less than a second left'
  const rest = String(seconds % 60).padStart(2, '0')
  return `${Math.floor(seconds / 60)}:${rest} minutes left`
}

/** Who asked, in a sentence. */
export function clientOf({ client }: Approval): string {
  return client ?? 'the agent'
}

/** Arguments as a person reads them: indented where they are whole. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
