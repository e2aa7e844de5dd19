/** Every connection that the engines in src/data/engines.ts can give a tool. */

import type { ConnectionName } from '../../../src/data/connections.ts'
import { engines } from '../../../src/data/engines.ts'

export const CONNECTION_NAMES: readonly ConnectionName[] = engines.flatMap(
  // Object.keys forgets what the type says of the keys.
  ({ settings }) => Object.keys(settings) as ConnectionName[],
)
