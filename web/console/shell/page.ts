/** Properties of every page. */

import type { Session } from '../login/login.ts'
import type { Tool } from '../mcp/client.ts'

export interface PageProps {
  /** The tools that the login may call. */
  readonly tools: readonly Tool[]
  /** The part of the address behind the page's name. */
  readonly path: readonly string[]
  readonly session: Session
}
