/** The pages, in the order of the menu. */

import type { ComponentType } from 'preact'
import type { Tool } from './mcp/client.ts'
import { ActivityPage } from './pages/activity.tsx'
import { ApprovalsPage } from './pages/approvals/approvals.tsx'
import { ConnectPage } from './pages/connect.tsx'
import { DataPage } from './pages/data/data.tsx'
import { HealthPage } from './pages/health.tsx'
import { ToolsPage } from './pages/tools/tools.tsx'
import { later } from './shell/later.tsx'
import type { PageProps } from './shell/page.ts'
import type { Place } from './shell/shell.tsx'

interface PagePlace extends Place {
  readonly Page: ComponentType<PageProps>
  /** Whether the login may do anything there; always without it. */
  readonly shown?: (tools: readonly Tool[]) => boolean
}

const has = (name: string) => (tools: readonly Tool[]) => tools.some((tool) => tool.name === name)

export const PLACES: readonly PagePlace[] = [
  { name: 'data', label: 'Data', icon: 'data', Page: DataPage, shown: has('list_tables') },
  {
    name: 'query',
    label: 'Query',
    icon: 'query',
    Page: later('query', async () => (await import('./pages/query/query.tsx')).QueryPage),
    shown: has('query'),
  },
  { name: 'tools', label: 'Tools', icon: 'tools', Page: ToolsPage },
  { name: 'approvals', label: 'Approvals', icon: 'approve', Page: ApprovalsPage },
  { name: 'activity', label: 'Activity', icon: 'activity', Page: ActivityPage, shown: has('list_activity') },
  { name: 'health', label: 'Health', icon: 'health', Page: HealthPage },
  { name: 'connect', label: 'Connect', icon: 'connect', Page: ConnectPage },
]
