/** Past queries, of which a press takes one back into the editor. */

import type { JSX } from 'preact'
import { shownText } from '../../../parts/cell-text.ts'
import type { History, PastQuery } from './history.ts'

/** Characters shown of a query. */
const SHOWN_CHARACTERS = 120

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' })

interface HistoryListProps {
  readonly history: History
  readonly take: (query: PastQuery) => void
}

export function HistoryList({ history: { queries, clear }, take }: HistoryListProps): JSX.Element {
  return (
    <details class="query-history">
      <summary>
        History <span class="dim">{queries.length}</span>
      </summary>
      <p class="note">Kept in this browser alone: queries and their parameters, never rows.</p>
      {queries.length > 0 && (
        <>
          <ul aria-label="Past queries">
            {queries.map((query) => (
              <li key={query.at}>
                <button type="button" onClick={() => take(query)}>
                  <code>{shownText(query.sql.replaceAll(/\s+/g, ' ').trim(), SHOWN_CHARACTERS)}</code>
                  <time dateTime={new Date(query.at).toISOString()}>{time.format(query.at)}</time>
                </button>
              </li>
            ))}
          </ul>
          <button type="button" class="button small" onClick={clear}>
            Clear the history
          </button>
        </>
      )}
    </details>
  )
}
