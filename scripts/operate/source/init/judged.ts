/**
 * A proposal of which `rowgate plan` refuses no table: one that it would refuse is left out, with its reason.
 */

import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import { type Known, parseRowgateFile } from '../../../build/rowgate-file.ts'
import type { Catalogue } from '../catalogue.ts'
import type { ViewsState } from '../views/state.ts'
import { planViews } from '../views.ts'
import { wholeFile } from './file-text.ts'
import { shownAs } from './privacy.ts'
import type { Proposal } from './proposal.ts'

/** The file is thrown away; a file names at least one. */
const KNOWN: Known = { toolsets: ['sql'], examples: [] }

interface Judge {
  readonly source: string
  readonly catalogue: Catalogue
  readonly state: ViewsState
}

export function judged(proposal: Proposal, judge: Judge): Proposal {
  const refused = refusedIn(proposal, judge)
  if (refused.size === 0) return proposal
  const tables = proposal.tables.map((each) => {
    const said = refused.get(each.name)
    return said === undefined ? each : { ...each, rows: undefined, why: said, mayServe: false }
  })
  // A table may depend on one that is left out now, and be refused in turn.
  return judged({ ...proposal, tables }, judge)
}

/** The reason for each served table that is refused, without its full stop. */
function refusedIn(proposal: Proposal, { source, catalogue, state }: Judge): ReadonlyMap<string, string> {
  const served = new Set(proposal.tables.filter(({ rows }) => rows !== undefined).map(({ name }) => name))
  if (served.size === 0) return new Map()
  const { refusals } = planViews({
    ...{ file: fileOf(source, proposal), catalogue, state, previous: undefined, tools: [] },
    ...{ login: '', fileHash: '' },
    defaultShown: (column) => shownAs(column, undefined).shown,
  })
  return new Map(
    refusals.flatMap(({ table, said }) =>
      table !== undefined && served.has(table) ? [[table, said.replace(/\.$/, '')] as const] : [],
    ),
  )
}

function fileOf(source: string, proposal: Proposal): SourceFile {
  const text = wholeFile({ source, connect: 'DATABASE_URL', proposal }, KNOWN.toolsets)
  const file = parseRowgateFile(text, KNOWN).sources?.[source]
  if (file === undefined) throw new Error('The proposal has no source.')
  return file
}
