/** The engines. Adding one is its folder and a line here; deleting one is the same. */

import { d1 } from './d1/engine.ts'
import { mongodb } from './mongodb/engine.ts'
import { mysql } from './mysql/engine.ts'
import { postgres } from './postgres/engine.ts'
import { redis } from './redis/engine.ts'

export const engines = [postgres, mysql, d1, mongodb, redis] as const
