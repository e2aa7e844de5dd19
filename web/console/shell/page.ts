/** What each page is given. */

import type { Session } from '../login/login.ts'
import type { Tool } from '../mcp/client.ts'

export interface PageProps {
  /** The tools that the login may call. */
  readonly tools: readonly Tool[]
  /** What the address names within the page. */
  readonly path: readonly string[]
  readonly session: Session
}
