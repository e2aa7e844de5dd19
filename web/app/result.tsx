/** The App: a tool's result as a grid and chart, a tree, or an error. */

import { useEffect, useState } from 'preact/hooks'
import { type Answer, type Table, type ToolError, withPage } from '../parts/answer.ts'
import { JsonTree } from '../parts/json-tree.tsx'
import { ResultView } from '../parts/result-view.tsx'
import type { Host } from './host.ts'
import { begin, canPage, nextPage, requestMode, START, type State, save, tell } from './session.ts'
import { applyContext } from './theme.ts'

export function Result({ host }: { host: Host }) {
  const [state, update] = useState<State>(START)
  const [problem, setProblem] = useState<string>()
  const report = (work: Promise<unknown>) =>
    work.then(
      () => setProblem(undefined),
      (error: unknown) => setProblem(error instanceof Error ? error.message : 'The client refused.'),
    )
  useEffect(() => void report(begin(host, update)), [host])
  useEffect(() => applyContext(document.documentElement, state.context), [state.context])
  useSize(host)
  const show = (answer: Answer) => update((last) => ({ ...last, answer }))
  return (
    <main>
      <ModeButton host={host} state={state} report={report} />
      {state.answer === undefined ? (
        <p class="rg-note" role="status">
          {state.cancelled ? 'The call was cancelled.' : 'Waiting for the result…'}
        </p>
      ) : (
        <Shown answer={state.answer} state={state} host={host} show={show} report={report} />
      )}
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </main>
  )
}

interface ShownProps {
  readonly answer: Answer
  readonly state: State
  readonly host: Host
  show(answer: Answer): void
  report(work: Promise<unknown>): Promise<void>
}

function Shown({ answer, state, host, show, report }: ShownProps) {
  const [selected, select] = useState<Pick<Table, 'columns' | 'rows'>>()
  const label = state.context.toolInfo?.tool.title ?? state.context.toolInfo?.tool.name ?? 'result'
  if (answer.is === 'error') return <Failure error={answer.error} />
  if (answer.is === 'value') return <JsonTree value={answer.value} label={label} />
  const { table } = answer
  const more = async () => {
    const next = await nextPage(host, state, table.nextCursor ?? '')
    if (next.is === 'error') throw new Error(next.error.message)
    if (next.is === 'table') show({ is: 'table', table: withPage(table, next.table) })
  }
  const canTell = state.capabilities.updateModelContext !== undefined
  return (
    <>
      <ResultView
        label={label}
        table={table}
        onMore={canPage(state, table) ? () => report(more()) : undefined}
        save={(file) => void report(save(host, state, file))}
        onSelected={select}
      />
      {selected === undefined || !canTell ? null : <Tell host={host} selected={selected} report={report} />}
    </>
  )
}

interface TellProps extends Pick<ShownProps, 'host' | 'report'> {
  readonly selected: Pick<Table, 'columns' | 'rows'>
}

/** A press, since rows that a person only looked at are not the model's to know. */
function Tell({ host, selected, report }: TellProps) {
  const [told, setTold] = useState<object>()
  return (
    <button
      type="button"
      class="rg-button tell"
      disabled={told === selected}
      onClick={() => void report(tell(host, selected).then(() => setTold(selected)))}
    >
      {told === selected ? 'The assistant has the selection' : 'Give the selection to the assistant'}
    </button>
  )
}

function ModeButton({ host, state, report }: Pick<ShownProps, 'host' | 'state' | 'report'>) {
  const { displayMode = 'inline', availableDisplayModes = [] } = state.context
  const wanted = displayMode === 'fullscreen' ? 'inline' : 'fullscreen'
  if (!availableDisplayModes.includes(wanted)) return null
  return (
    <button type="button" class="rg-button mode" onClick={() => void report(requestMode(host, wanted))}>
      {wanted === 'fullscreen' ? 'Full screen' : 'Back to the conversation'}
    </button>
  )
}

function Failure({ error }: { error: ToolError }) {
  return (
    <p class="problem" role="alert">
      <strong>{error.code}</strong> <bdi>{error.message}</bdi>
      {error.retryable ? ' The same call may succeed later.' : ''}
    </p>
  )
}

/** Tells the client how high the page is, once a frame. */
function useSize(host: Host): void {
  useEffect(() => {
    let [frame, last] = [0, 0]
    const tellHeight = () => {
      frame = 0
      const height = Math.ceil(document.documentElement.getBoundingClientRect().height)
      if (height !== last) host.notify('ui/notifications/size-changed', { height })
      last = height
    }
    const observer = new ResizeObserver(() => {
      frame ||= requestAnimationFrame(tellHeight)
    })
    observer.observe(document.documentElement)
    return () => {
      observer.disconnect()
      cancelAnimationFrame(frame)
    }
  }, [host])
}
