/** The toolsets that a deployment serves. To add or delete one: its folder and a line here. */

import type { Toolset } from '../toolkit/tool.ts'
import { admin } from './admin/tools.ts'
import { approvals } from './approvals/tools.ts'
import { audit } from './audit/tools.ts'
import { rows } from './rows/tools.ts'
import { sql } from './sql/tools.ts'
import { system } from './system/tools.ts'

export const toolsets: readonly Toolset[] = [sql, rows, audit, approvals, system, admin]
