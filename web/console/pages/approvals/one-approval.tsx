/** One write: what would change, how long it waits, and the two buttons. */

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Session } from '../../login/login.ts'
import { Icon } from '../../shell/icons.tsx'
import { Empty, Problem } from '../../shell/parts.tsx'
import { pathTo } from '../../shell/router.ts'
import { type Approval, clientOf, decideApproval, indented, isOpen, timeLeft } from './approval.ts'
import { ChangeView, shown } from './change-view.tsx'
import { NeedLogin } from './need-login.tsx'
import { type State, StateBadge, wordsFor } from './state.tsx'
import { useNow } from './use-now.ts'

interface OneApprovalProps {
  readonly id: string
  readonly approvals: readonly Approval[]
  readonly session: Session
  readonly mayDecide: boolean
  readonly again: () => void
}

export function OneApproval({ id, approvals, session, mayDecide, again }: OneApprovalProps): JSX.Element {
  const listed = approvals.find((each) => each.id === id)
  const [known, setKnown] = useState(listed)
  useEffect(() => {
    if (listed !== undefined) setKnown(listed)
  }, [listed])
  const isOver = listed === undefined
  useLookAtEnd(known, again)
  return (
    <>
      <p>
        <a href={pathTo('approvals')}>All approvals</a>
      </p>
      {known === undefined ? (
        <Empty icon="approve" title="There is nothing to approve here">
          <p>
            It is not yours to see, or its ten minutes are over. If your agent gave you this link just now,
            log in as the person whom it works for, or tell it to try again.
          </p>
        </Empty>
      ) : (
        <Details approval={known} state={isOver && isOpen(known) ? 'expired' : known.state}>
          {mayDecide ? (
            <Decision approval={known} decided={setKnown} lost={again} />
          ) : (
            <NeedLogin session={session} title="Log in to decide" />
          )}
        </Details>
      )}
    </>
  )
}

/** Asks the server when the time is over by this clock, which may be wrong: the server's decides. */
function useLookAtEnd(known: Approval | undefined, look: () => void): void {
  const end = known !== undefined && isOpen(known) ? Date.parse(known.expires_at) : undefined
  useEffect(() => {
    if (end === undefined) return
    const timer = setTimeout(look, Math.max(0, end - Date.now()))
    return () => clearTimeout(timer)
  }, [end])
}

interface DetailsProps {
  readonly approval: Approval
  readonly state: State
  /** Shown while it waits. */
  readonly children: JSX.Element
}

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

function Details({ approval, state, children }: DetailsProps): JSX.Element {
  const { tool, question, asked_at, rows, arguments: args } = approval
  const client = clientOf(approval)
  return (
    <article class="approval">
      <header>
        <h2 class="asked">
          <bdi>{shown(question)}</bdi>
        </h2>
        <p class="approval-line" role="status">
          <StateBadge state={state} />
          {(state === 'waiting' || state === 'approved') && <TimeLeft approval={approval} />}
        </p>
        <p>
          <bdi>{wordsFor(state, client)}</bdi>
        </p>
      </header>
      <dl class="facts">
        <dt>Tool</dt>
        <dd>
          <code>{tool}</code>
        </dd>
        <dt>Asked by</dt>
        <dd>
          <bdi>{approval.client === null ? 'an agent whose login names no client' : shown(client)}</bdi>, as
          you
        </dd>
        <dt>Asked at</dt>
        <dd>
          <time dateTime={asked_at}>{time.format(new Date(asked_at))}</time>
        </dd>
      </dl>
      {rows !== undefined && <ChangeView change={rows} />}
      {args !== undefined && (
        <details open={rows === undefined}>
          <summary>All arguments of the call</summary>
          <pre class="arguments">
            <bdi>{shown(indented(args))}</bdi>
          </pre>
        </details>
      )}
      {state === 'waiting' && children}
    </article>
  )
}

function TimeLeft({ approval }: { readonly approval: Approval }): JSX.Element {
  const now = useNow()
  // Said by no screen reader each second.
  return (
    <span class="time-left" role="timer" aria-live="off">
      {timeLeft(approval, now)}
    </span>
  )
}

interface DecisionProps {
  readonly approval: Approval
  readonly decided: (approval: Approval) => void
  /** It is there no longer. */
  readonly lost: () => void
}

function Decision({ approval, decided, lost }: DecisionProps): JSX.Element {
  const [waiting, setWaiting] = useState(false)
  const [error, setError] = useState<unknown>()
  const decide = async (approve: boolean) => {
    setWaiting(true)
    setError(undefined)
    try {
      decided(await decideApproval(approval.id, approve))
    } catch (reason) {
      setError(reason)
      lost()
    }
    setWaiting(false)
  }
  return (
    <div class="decision">
      {error !== undefined && <Problem error={error} />}
      <button type="button" class="button primary" disabled={waiting} onClick={() => void decide(true)}>
        <Icon name="check" /> Approve once
      </button>
      <button type="button" class="button" disabled={waiting} onClick={() => void decide(false)}>
        <Icon name="close" /> Refuse
      </button>
    </div>
  )
}
