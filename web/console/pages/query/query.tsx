/** A SQL editor over what the caller may read, and the answers as a grid, a chart or a plan. */

import type { JSX } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import { nameIn } from '../../login/session.ts'
import { ToolFailure } from '../../mcp/client.ts'
import { useDraft } from '../../shell/draft.ts'
import { Icon } from '../../shell/icons.tsx'
import type { PageProps } from '../../shell/page.ts'
import { PageHeader } from '../../shell/parts.tsx'
import { pathTo } from '../../shell/router.ts'
import { SourceChoice } from '../../shell/source-choice.tsx'
import { sourcesOf } from '../data/catalogue.ts'
import type { Editor } from './code-mirror.ts'
import { SqlEditor } from './editor.tsx'
import { type PastQuery, useHistory } from './history.ts'
import { HistoryList } from './history-list.tsx'
import { OutcomeView } from './outcome-view.tsx'
import { ParameterFields } from './parameter-fields.tsx'
import { readParameters } from './parameters.ts'
import { type Place, parameterCount, placeOf } from './sql-text.ts'
import { type Asked, type Outcome, useRuns } from './use-run.ts'
import { VisibleSchema } from './visible-schema.ts'

export function QueryPage({ tools, path: [first], session }: PageProps): JSX.Element {
  const sources = sourcesOf(tools)
  const source = sources.find((name) => name === first) ?? sources[0]
  const schema = useMemo(() => new VisibleSchema(source), [source])
  const form = useForm()
  const history = useHistory(nameIn(session))
  const runs = useRuns()
  const editor = useRef<Editor>(undefined)
  const problem = useMemo(() => problemOf(runs.outcome, form.sql), [runs.outcome, form.sql])
  const mayExplain = tools.some(({ name }) => name === 'explain_query')
  /** Nothing is sent of a text without SQL, or with a parameter that cannot be read. */
  const ask = (send: (asked: Asked) => Promise<void>) => {
    const parameters = form.checked()
    if (parameters === undefined || form.sql.trim() === '') return
    history.add({ sql: form.sql, parameters: form.texts, source })
    void send({ sql: form.sql, parameters, source })
  }
  const take = (past: PastQuery) => {
    form.replace(past)
    editor.current?.setText(past.sql)
    if (past.source !== undefined && sources.includes(past.source))
      location.hash = pathTo('query', past.source)
  }
  return (
    <div class="page query-page">
      <PageHeader
        title="Query"
        about="One SELECT over the rows that you may see, as an agent would send it."
      />
      {sources.length > 1 && <SourceChoice page="query" sources={sources} source={source} />}
      <SqlEditor
        text={form.sql}
        schema={schema}
        problem={problem}
        change={form.change}
        run={() => ask(runs.query)}
        opened={(opened) => {
          editor.current = opened
        }}
      />
      <ParameterFields texts={form.texts} problems={form.problems} change={form.changeParameter} />
      <Actions
        run={() => ask(runs.query)}
        explain={mayExplain ? (measured) => ask((asked) => runs.explain(asked, measured)) : undefined}
      />
      <OutcomeView runs={runs} place={problem} goTo={(place: Place) => editor.current?.goTo(place)} />
      <HistoryList history={history} take={take} />
    </div>
  )
}

interface ActionsProps {
  readonly run: () => void
  /** Absent where the login may not explain. */
  readonly explain: ((measured: boolean) => void) | undefined
}

function Actions({ run, explain }: ActionsProps): JSX.Element {
  const [measured, setMeasured] = useState(false)
  return (
    <div class="query-actions">
      <button type="button" class="button primary" onClick={run}>
        <Icon name="play" /> Run <kbd>{MOD_ENTER}</kbd>
      </button>
      {explain !== undefined && (
        <>
          <button type="button" class="button" onClick={() => explain(measured)}>
            Explain
          </button>
          <label class="tick">
            <input
              type="checkbox"
              checked={measured}
              onChange={({ currentTarget }) => setMeasured(currentTarget.checked)}
            />
            Run it and measure each step
          </label>
        </>
      )}
    </div>
  )
}

const MOD_ENTER = /Mac|iP(?:hone|ad)/.test(navigator.userAgent) ? '⌘⏎' : 'Ctrl ⏎'

/** The text and the parameters' fields; a draft is kept while the person is at the login. */
function useForm() {
  const [draft, setDraft] = useDraft('query-page')
  const [problems, setProblems] = useState<Readonly<Record<number, string>>>({})
  const sql = draft.sql ?? ''
  const texts = Array.from({ length: parameterCount(sql) }, (_, at) => draft[`$${at + 1}`] ?? '')
  const latest = useRef(draft)
  latest.current = draft
  const change = (changes: Readonly<Record<string, string>>) => {
    latest.current = { ...latest.current, ...changes }
    setDraft(latest.current)
  }
  return {
    sql,
    texts,
    problems,
    change: (changed: string) => change({ sql: changed }),
    changeParameter: (at: number, text: string) => change({ [`$${at + 1}`]: text }),
    replace: ({ sql, parameters }: PastQuery) =>
      change({ sql, ...Object.fromEntries(parameters.map((text, at) => [`$${at + 1}`, text])) }),
    /** The values, or none and a problem at each field that is wrong. */
    checked() {
      const read = readParameters(texts)
      setProblems('problems' in read ? read.problems : {})
      return 'values' in read ? read.values : undefined
    },
  }
}

/** The place of an error, while the text is the one that was sent. */
function problemOf(outcome: Outcome | undefined, sql: string) {
  if (outcome?.at !== 'failed' || outcome.asked.sql !== sql) return undefined
  if (!(outcome.error instanceof ToolFailure)) return undefined
  const { details = {}, message } = outcome.error.error
  const place = placeOf(sql, details)
  return place && { ...place, message }
}
