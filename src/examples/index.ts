/**
 * The example toolsets. To delete one: its folder and its line here. To delete all: this folder and its line
 * in src/with-examples.ts.
 */

import type { Toolset } from '../toolkit/tool.ts'
import { cache } from './cache/tools.ts'
import { directory } from './directory/tools.ts'
import { netflix } from './netflix/tools.ts'
import { notebook } from './notebook/tools.ts'
import { people } from './people/tools.ts'
import { products } from './products/tools.ts'
import { retail } from './retail/tools.ts'
import { tasks } from './tasks/tools.ts'

export const examples: readonly Toolset[] = [
  retail,
  tasks,
  netflix,
  directory,
  products,
  notebook,
  people,
  cache,
]
