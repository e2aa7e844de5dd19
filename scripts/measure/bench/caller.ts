/** Who calls in the benchmark. The bare Worker reads it too, so nothing here needs Node. */

import type { Caller } from '../../../src/infra/caller.ts'
import { SCOPE } from './tools.ts'

export const CALLER: Caller = {
  userId: 'bench',
  tenantId: 'default',
  scopes: new Set([SCOPE, 'tasks:read', 'tasks:write']),
}
