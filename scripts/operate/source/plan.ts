/** `rowgate plan`: shows what `up` would do. It runs nothing but SELECT. */

import { targetOf } from '../../../src/data/postgres/client.ts'
import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import { type Pooler, poolerAt } from '../../local/postgres/pooler.ts'
import { eachSource, type SourceOptions } from './each-source.ts'
import { toolTokens } from './measure/tool-tokens.ts'
import { measureSource } from './measure.ts'
import { EMBEDDED } from './owner.ts'
import { planJson, planText } from './plan-text.ts'
import { CATALOGUE_LIMIT_MS, reading } from './reading.ts'
import { planSource } from './source-plan.ts'

export interface PlanOptions extends SourceOptions {
  readonly json: boolean
  readonly login?: string | undefined
}

export async function plan(options: PlanOptions): Promise<void> {
  const { json, login } = options
  const plans = await eachSource(options, async (owner, source) => {
    const { name, file, toolsets, url } = source
    const planned = await planSource(reading(owner, CATALOGUE_LIMIT_MS), source, { login })
    const { catalogue, views } = planned
    const tables = views.tables.map(({ served }) => served)
    const pooler = await poolerBefore(url)
    const measured = await measureSource(owner, { file, catalogue, tables, pooler })
    return { ...planned, measured, tools: toolTokens(name, views.lock, toolsets) }
  })
  if (json) print(JSON.stringify(plans.map(planJson), undefined, 2))
  else for (const each of plans) print(planText(each))
  const refused = plans.reduce((sum, { views }) => sum + views.refusals.length, 0)
  if (refused > 0)
    throw new Refusal(
      `${refused} ${refused === 1 ? 'thing is' : 'things are'} refused, so \`rowgate up\` would change nothing.`,
    )
}

/** Undefined where the Worker reaches the database by HTTP. */
async function poolerBefore(url: string): Promise<Pooler | undefined> {
  if (url === EMBEDDED || targetOf({ databaseUrl: url }).driver === 'neon-http') return undefined
  return await poolerAt(url)
}
