/** How far an approval is, in words. */

import type { JSX } from 'preact'
import type { Approval } from './approval.ts'

export type State = Approval['state'] | 'expired'

const BADGES: Readonly<Record<State, readonly [label: string, kind: string]>> = {
  waiting: ['waits for you', 'warn'],
  approved: ['approved', 'good'],
  refused: ['refused', ''],
  used: ['used', ''],
  expired: ['expired', ''],
}

export function StateBadge({ state }: { readonly state: State }): JSX.Element {
  const [label, kind] = BADGES[state]
  return <span class={`badge ${kind}`}>{label}</span>
}

/** What it means for the agent that asked, and what to do. */
export function wordsFor(state: State, client: string): string {
  switch (state) {
    case 'waiting':
      return `Nothing has been done yet. If you approve, ${client} may do exactly this once, within ten minutes. A row that has changed meanwhile is asked about again.`
    case 'approved':
      return `You have approved it. Tell ${client} to go on: at its next call it is done, once.`
    case 'refused':
      return 'You have refused it. Nothing was done, and the agent is told so.'
    case 'used':
      return 'You had approved it, and the agent has used that. It is good for no other call.'
    case 'expired':
      return 'Its ten minutes are over, so it can no longer be approved or used. The agent may ask again.'
  }
}
