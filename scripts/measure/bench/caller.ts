/** The benchmark's caller. The bare Worker imports it too, so it must not use Node. */

import type { Caller } from '../../../src/infra/caller.ts'
import { SCOPE } from './tools.ts'

export const CALLER: Caller = {
  userId: 'bench',
  tenantId: 'default',
  scopes: new Set([SCOPE, 'tasks:read', 'tasks:write']),
}
