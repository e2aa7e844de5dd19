/** Opens the approvals of a deployment: the source that keeps them, and the console's page. */

import type { OpenEngines } from './data/open-engines.ts'
import { askApproval } from './data/postgres/approvals.ts'
import { CONSOLE_PATH } from './http/auth/console-client-id.ts'
import type { Config } from './infra/config/settings.ts'
import type { Approvals } from './mcp/approvals.ts'
import type { Registry } from './mcp/registry.ts'

/** Undefined where nobody could approve: no client is known to be the console, or has the tools for it. */
export function openApprovals(
  config: Config,
  { auditSource }: Pick<OpenEngines, 'auditSource'>,
  { names }: Pick<Registry, 'names'>,
): Approvals | undefined {
  const { PUBLIC_URL: publicUrl, CONSOLE_CLIENT_ID, LOCAL_ISSUER_KEY } = config
  const hasConsole = (publicUrl ?? CONSOLE_CLIENT_ID ?? LOCAL_ISSUER_KEY) !== undefined
  if (auditSource === undefined || !hasConsole || !names.toolsets.includes('approvals')) return undefined
  return {
    ask: (connections, asked) => askApproval(connections.source(auditSource), asked),
    pageOf: (id, requestUrl) => `${new URL(CONSOLE_PATH, publicUrl ?? requestUrl)}#/approvals/${id}`,
  }
}
