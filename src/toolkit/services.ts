/** What a handler may use besides databases. */

import type { HealthReport } from '../data/health.ts'
import type { Embedder } from '../embedding/embedding.ts'

export interface Services {
  readonly embedder: Embedder
  /** Postgres schemas that callers' SQL may use, in search order. */
  readonly sqlSchemas: readonly string[]
  /** `waitUntil` keeps the isolate alive until the probes' connections are closed. */
  health(waitUntil: (work: Promise<unknown>) => void): Promise<HealthReport>
}
