/** The caller's own tool calls, newest first. */

import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'
import { dataOf } from '../mcp/client.ts'
import { useAnswer } from '../mcp/use-answer.ts'
import { Icon } from '../shell/icons.tsx'
import type { PageProps } from '../shell/page.ts'
import { Empty, PageHeader, Problem, ScrollArea, Waiting } from '../shell/parts.tsx'
import { chosen, sourcesOf } from './data/catalogue.ts'

interface Page {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
  readonly next_cursor?: string
}

type Entry = Readonly<Record<string, unknown>>

const OUTCOMES = [
  ['', 'Every outcome'],
  ['success', 'Successes'],
  ['error', 'Failures'],
  ['begun', 'Without an end'],
] as const

export function ActivityPage({ tools }: PageProps): JSX.Element {
  const [tool, setTool] = useState('')
  const [outcome, setOutcome] = useState('')
  const [source] = sourcesOf(tools)
  const { first, pages, more, again } = usePages({
    ...chosen(source),
    ...(tool !== '' && { tool }),
    ...(outcome !== '' && { outcome }),
  })
  const entries = pages.flatMap(entriesOf)
  return (
    <div class="page">
      <PageHeader
        title="Activity"
        about="Your calls, from the audit log: this page's and your agents' alike."
      >
        <button type="button" class="button" disabled={first.waiting} onClick={again}>
          <Icon name="refresh" /> Refresh
        </button>
      </PageHeader>
      <div class="filters">
        <Choice label="Tool" value={tool} change={setTool}>
          <option value="">Every tool</option>
          {tools.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </Choice>
        <Choice label="Outcome" value={outcome} change={setOutcome}>
          {OUTCOMES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Choice>
      </div>
      {first.error !== undefined && <Problem error={first.error} again={first.again} />}
      {first.value === undefined && first.error === undefined && <Waiting what="Reading the log…" />}
      {first.value !== undefined && entries.length === 0 && (
        <Empty icon="activity" title="Nothing yet">
          <p>Calls of your agents appear here, and those of this page.</p>
        </Empty>
      )}
      {entries.length > 0 && <Log entries={entries} />}
      {more !== undefined && (
        <button type="button" class="button" onClick={() => void more()}>
          Earlier calls
        </button>
      )}
    </div>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly change: (value: string) => void
  readonly children: ComponentChildren
}

function Choice({ label, value, change, children }: ChoiceProps): JSX.Element {
  return (
    <label class="field">
      {label}
      <select value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
        {children}
      </select>
    </label>
  )
}

/** The pages of the log so far. Those after the first are dropped when the filter changes. */
function usePages(filter: object) {
  const key = JSON.stringify(filter)
  const first = useAnswer(key, () => dataOf<Page>('list_activity', { ...filter }))
  const [later, setLater] = useState<{ key: string; pages: readonly Page[] }>({ key, pages: [] })
  const pages = first.value === undefined ? [] : [first.value, ...(later.key === key ? later.pages : [])]
  const cursor = pages.at(-1)?.next_cursor
  const more = async () => {
    const page = await dataOf<Page>('list_activity', { ...filter, cursor })
    setLater({ key, pages: [...pages.slice(1), page] })
  }
  return {
    first,
    pages,
    /** Absent where there are no earlier calls. */
    more: cursor === undefined ? undefined : more,
    again() {
      setLater({ key, pages: [] })
      first.again()
    },
  }
}

function entriesOf({ columns, rows }: Page): readonly Entry[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])))
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

function Log({ entries }: { readonly entries: readonly Entry[] }): JSX.Element {
  return (
    <ScrollArea class="scroll" label="Calls">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Tool</th>
            <th scope="col">Outcome</th>
            <th scope="col">Client</th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col">Rows</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={`${entry.seq} ${entry.request_id}`}>
              <td>
                <time dateTime={String(entry.at)}>{time.format(new Date(String(entry.at)))}</time>
              </td>
              <td>
                <code>{String(entry.tool)}</code>
              </td>
              <td>
                <span class={entry.outcome === 'success' ? 'badge good' : 'badge warn'}>
                  {String(entry.outcome)}
                </span>
              </td>
              <td>
                <bdi>{entry.client === null ? '–' : String(entry.client)}</bdi>
              </td>
              <td class="number">{entry.duration_ms === null ? '' : `${entry.duration_ms} ms`}</td>
              <td>
                <Targets entry={entry} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  )
}

/** Targets shown of a call; it names at most some twenty. */
const SHOWN_TARGETS = 3

function Targets({ entry }: { readonly entry: Entry }): JSX.Element {
  const targets = Array.isArray(entry.targets) ? entry.targets.map(String) : []
  const left = Number(entry.target_count ?? targets.length) - Math.min(targets.length, SHOWN_TARGETS)
  return (
    <span class="targets">
      {targets.slice(0, SHOWN_TARGETS).map((target) => (
        <code key={target}>{target}</code>
      ))}
      {left > 0 && <span class="dim">and {left} more</span>}
    </span>
  )
}
