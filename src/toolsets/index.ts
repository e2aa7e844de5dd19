/** The toolsets. Adding one is its folder and a line here; deleting one is the same. */

import type { Toolset } from '../mcp/tool.ts'
import { admin } from './admin/tools.ts'
import { audit } from './audit/tools.ts'
import { cache } from './cache/tools.ts'
import { directory } from './directory/tools.ts'
import { netflix } from './netflix/tools.ts'
import { notebook } from './notebook/tools.ts'
import { people } from './people/tools.ts'
import { products } from './products/tools.ts'
import { retail } from './retail/tools.ts'
import { sql } from './sql/tools.ts'
import { system } from './system/tools.ts'
import { tasks } from './tasks/tools.ts'

export const toolsets: readonly Toolset[] = [
  sql,
  retail,
  tasks,
  netflix,
  directory,
  products,
  notebook,
  people,
  cache,
  audit,
  system,
  admin,
]
