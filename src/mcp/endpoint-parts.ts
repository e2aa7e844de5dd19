/** The endpoint's dependencies, made once per isolate. */

import type { Audit } from '../data/audit-trail.ts'
import type { Connect } from '../data/connect.ts'
import type { RateLimits } from '../infra/resilience/rate-limit.ts'
import type { Services } from '../toolkit/services.ts'
import type { Approvals } from './approvals.ts'
import type { ResponseCache } from './response-cache.ts'

export interface EndpointParts {
  readonly rateLimits: RateLimits
  /** Opens one call's databases. They are closed when the call has ended. */
  readonly connect: Connect
  readonly services: Services
  /** The key that signs the state which a client carries between two round trips. */
  stateSecret(): Promise<string>
  /** Begins the audit row of one call; absent where no call is audited. */
  readonly audit?: Audit | undefined
  /** The HTML of the App that draws results; absent in a deployment without assets. */
  readonly resultApp?: (() => Promise<string>) | undefined
  /** Absent where nobody could approve. */
  readonly approvals?: Approvals | undefined
  /** Absent without a cache store. */
  readonly responseCache?: ResponseCache | undefined
  /** Called with every failure of a tool; the cause goes to the log only. */
  onFailure(tool: string, cause: unknown): void
}
