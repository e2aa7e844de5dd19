/** What a query brought: rows, a plan, or an error and its place. */

import type { JSX } from 'preact'
import { ResultView } from '../../../parts/result-view.tsx'
import { Problem, Waiting } from '../../shell/parts.tsx'
import { PlanView } from './plan-view.tsx'
import { type Place, placeInWords } from './sql-text.ts'
import type { Runs } from './use-run.ts'

interface OutcomeViewProps {
  readonly runs: Runs
  /** Of the error, in the text as it is now. */
  readonly place: Place | undefined
  readonly goTo: (place: Place) => void
}

export function OutcomeView({
  runs: { outcome, more, moreError },
  place,
  goTo,
}: OutcomeViewProps): JSX.Element {
  return (
    <section class="answer" aria-label="Answer">
      {outcome?.at === 'waiting' && <Waiting what="Asking the database…" />}
      {outcome?.at === 'failed' && (
        <>
          <Problem error={outcome.error} />
          {place !== undefined && (
            <button type="button" class="button small to-place" onClick={() => goTo(place)}>
              Go to {placeInWords(outcome.asked.sql, place)}
            </button>
          )}
        </>
      )}
      {outcome?.at === 'plan' && <PlanView plan={outcome.plan} />}
      {outcome?.at === 'rows' && (
        <>
          <p class="answer-line" role="status">
            Answered in {Math.round(outcome.ms)} ms
          </p>
          <ResultView
            key={outcome.run}
            label="query"
            table={outcome.table}
            onMore={outcome.table.nextCursor === undefined ? undefined : more}
          />
          {moreError !== undefined && <Problem error={moreError} />}
        </>
      )}
    </section>
  )
}
