/** What the endpoint works with, made once per isolate. */

import type { Audit } from '../data/audit-trail.ts'
import type { Connect } from '../data/connect.ts'
import type { RateLimits } from '../infra/resilience/rate-limit.ts'
import type { Services } from '../toolkit/services.ts'
import type { ResponseCache } from './response-cache.ts'

export interface EndpointParts {
  readonly rateLimits: RateLimits
  /** Gives one call of a tool its databases. Whatever it opens is closed when the call is over. */
  readonly connect: Connect
  readonly services: Services
  /** Signs the state that a client carries between two rounds. */
  stateSecret(): Promise<string>
  /** Begins the audit row of one call; absent where no call is audited. */
  readonly audit?: Audit | undefined
  /** Absent where there is no store for it. */
  readonly responseCache?: ResponseCache | undefined
  /** Called with every failure of a tool; the cause goes to the log only. */
  onFailure(tool: string, cause: unknown): void
}
