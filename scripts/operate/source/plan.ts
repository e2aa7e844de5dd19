/** `rowgate plan`: shows what `up` would do. It runs nothing but SELECT. */

import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import { toolTokens } from './measure/tool-tokens.ts'
import { measureSource } from './measure.ts'
import { withSourceOwner } from './owner.ts'
import { planJson, planText } from './plan-text.ts'
import { CATALOGUE_LIMIT_MS, reading } from './reading.ts'
import { declaredSources, planSource, refuseOneUrlForMany } from './source-plan.ts'

export interface PlanOptions {
  /** The owner's URL without a password; default: the one that was used before. */
  readonly url?: string | undefined
  readonly source?: string | undefined
  readonly json: boolean
  readonly login?: string | undefined
  /** Default: rowgate.yaml of the project. */
  readonly file?: string | undefined
  /** The data folder. */
  readonly directory: string
}

export async function plan(options: PlanOptions): Promise<void> {
  const { url, directory, json, login } = options
  const sources = await declaredSources(options)
  refuseOneUrlForMany(url, sources)
  const plans = []
  for (const source of sources) {
    const place = { directory, source: source.name }
    plans.push(
      await withSourceOwner(place, url, async (owner, ownerUrl) => {
        const planned = await planSource(reading(owner, CATALOGUE_LIMIT_MS), source, { login })
        const { catalogue, views } = planned
        const tables = views.tables.map(({ served }) => served)
        const measured = await measureSource(owner, { file: source.file, catalogue, tables, url: ownerUrl })
        return { ...planned, measured, tools: toolTokens(source.name, views.lock, source.toolsets) }
      }),
    )
  }
  if (json) print(JSON.stringify(plans.map(planJson), undefined, 2))
  else for (const each of plans) print(planText(each))
  const refused = plans.reduce((sum, { views }) => sum + views.refusals.length, 0)
  if (refused > 0)
    throw new Refusal(
      `${refused} ${refused === 1 ? 'thing is' : 'things are'} refused, so \`rowgate up\` would change nothing.`,
    )
}
