/**
 * The toolsets and the examples, which `npm start` serves. To delete the examples: their folder and their
 * line here.
 */

import { examples } from './examples/index.ts'
import type { Toolset } from './toolkit/tool.ts'
import { toolsets as core } from './toolsets/index.ts'

export const toolsets: readonly Toolset[] = [...core, ...examples]
