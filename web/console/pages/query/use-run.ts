/** Runs and explains queries, and keeps the last answer. */

import { useRef, useState } from 'preact/hooks'
import { type Table, tableOf, withPage } from '../../../parts/answer.ts'
import { dataOf } from '../../mcp/client.ts'
import { chosen } from '../data/catalogue.ts'
import type { Value } from './parameters.ts'
import type { QueryPlan } from './plan.ts'

export interface Asked {
  readonly sql: string
  readonly parameters: readonly Value[]
  readonly source: string | undefined
}

export type Outcome =
  | { readonly at: 'waiting'; readonly asked: Asked }
  | {
      readonly at: 'rows'
      readonly asked: Asked
      readonly table: Table
      readonly ms: number
      readonly run: number
    }
  | { readonly at: 'plan'; readonly asked: Asked; readonly plan: QueryPlan }
  | { readonly at: 'failed'; readonly asked: Asked; readonly error: unknown }

export interface Runs {
  readonly outcome: Outcome | undefined
  /** Why more rows did not come, where they did not. */
  readonly moreError: unknown
  query(asked: Asked): Promise<void>
  explain(asked: Asked, measured: boolean): Promise<void>
  /** The next page into the rows that are there. */
  more(): Promise<void>
}

/** Rows a page, of 1,000 at most. */
const PAGE_ROWS = 500

export function useRuns(): Runs {
  const [outcome, setOutcome] = useState<Outcome>()
  const [moreError, setMoreError] = useState<unknown>()
  const last = useRef(0)
  /** An answer that comes when something else was asked meanwhile is dropped. */
  const begin = async (asked: Asked, ask: (run: number) => Promise<Outcome>) => {
    last.current += 1
    const run = last.current
    setMoreError(undefined)
    setOutcome({ at: 'waiting', asked })
    const answer = await ask(run).catch((error: unknown): Outcome => ({ at: 'failed', asked, error }))
    if (run === last.current) setOutcome(answer)
  }
  return {
    outcome,
    moreError,
    query: (asked) =>
      begin(asked, async (run) => {
        const began = performance.now()
        const table = await pageOf(asked)
        return { at: 'rows', asked, table, ms: performance.now() - began, run }
      }),
    explain: (asked, measured) =>
      begin(asked, async () => {
        const plan = await dataOf<QueryPlan>('explain_query', { ...given(asked), analyze: measured })
        return { at: 'plan', asked, plan }
      }),
    async more() {
      if (outcome?.at !== 'rows' || outcome.table.nextCursor === undefined) return
      const { asked, table, run } = outcome
      setMoreError(undefined)
      try {
        const next = await pageOf(asked, table.nextCursor)
        if (run === last.current) setOutcome({ ...outcome, table: withPage(table, next) })
      } catch (error) {
        if (run === last.current) setMoreError(error)
      }
    },
  }
}

function given({ sql, parameters, source }: Asked) {
  return { ...chosen(source), sql, parameters }
}

async function pageOf(asked: Asked, cursor?: string): Promise<Table> {
  const page = { limit: PAGE_ROWS, ...(cursor !== undefined && { cursor }) }
  const table = tableOf(await dataOf('query', { ...given(asked), ...page }))
  if (table === undefined) throw new Error('The server answered without columns and rows.')
  return table
}
