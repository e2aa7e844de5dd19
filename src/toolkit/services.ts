/** What a handler may use beside databases. */

import type { HealthReport } from '../data/health.ts'
import type { Embedder } from '../embedding/embedding.ts'

/** Made once per isolate. */
export interface Services {
  readonly embedder: Embedder
  /** The Postgres schemas that callers' SQL may name, in the order in which bare names are looked up. */
  readonly sqlSchemas: readonly string[]
  /** `waitUntil` keeps the isolate alive until the probes' connections are closed. */
  health(waitUntil: (work: Promise<unknown>) => void): Promise<HealthReport>
}
