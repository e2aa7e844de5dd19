/** Writes that wait for this person, and the one that the address names. */

import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useAnswer } from '../../mcp/use-answer.ts'
import { Icon } from '../../shell/icons.tsx'
import type { PageProps } from '../../shell/page.ts'
import { Empty, PageHeader, Problem, Waiting } from '../../shell/parts.tsx'
import { pathTo } from '../../shell/router.ts'
import './approvals.css'
import { type Approval, clientOf, isOpen, listApprovals, timeLeft } from './approval.ts'
import { shown } from './change-view.tsx'
import { NeedLogin } from './need-login.tsx'
import { OneApproval } from './one-approval.tsx'
import { StateBadge } from './state.tsx'
import { useNow } from './use-now.ts'

export function ApprovalsPage({ tools, path: [id], session }: PageProps): JSX.Element {
  const may = (name: string) => tools.some((tool) => tool.name === name)
  if (!may('list_approvals')) {
    return (
      <div class="page">
        <PageHeader title="Approvals" />
        <NeedLogin session={session} title="Log in to see what waits for you" />
      </div>
    )
  }
  return <Listed id={id} session={session} mayDecide={may('decide_approval')} />
}

interface ListedProps extends Pick<PageProps, 'session'> {
  readonly id: string | undefined
  readonly mayDecide: boolean
}

function Listed({ id, session, mayDecide }: ListedProps): JSX.Element {
  // Asked again on the way from one to all, and back.
  const list = useAnswer(`approvals ${id}`, listApprovals)
  // Somebody comes back from their agent, which may have called meanwhile.
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && list.again()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  const about = 'Your agents’ writes that wait for your word.'
  return (
    <div class="page">
      <PageHeader title="Approvals" {...(id === undefined && { about })}>
        <button type="button" class="button" disabled={list.waiting} onClick={list.again}>
          <Icon name="refresh" /> Refresh
        </button>
      </PageHeader>
      {list.error !== undefined && <Problem error={list.error} again={list.again} />}
      {list.value === undefined && list.error === undefined && <Waiting what="Asking what waits…" />}
      {list.value !== undefined && id === undefined && <List approvals={list.value} />}
      {list.value !== undefined && id !== undefined && (
        <OneApproval key={id} {...{ id, session, mayDecide }} approvals={list.value} again={list.again} />
      )}
    </div>
  )
}

function List({ approvals }: { readonly approvals: readonly Approval[] }): JSX.Element {
  const now = useNow()
  if (approvals.length === 0) {
    return (
      <Empty icon="approve" title="Nothing waits for you">
        <p>
          A write that its agent cannot ask you about appears here, for ten minutes. Only you see it, and only
          here can it be approved.
        </p>
      </Empty>
    )
  }
  return (
    <ul class="approval-list">
      {approvals.map((approval) => (
        <li key={approval.id}>
          <a href={pathTo('approvals', approval.id)}>
            <bdi class="asked">{shown(approval.question)}</bdi>
            <span class="approval-line">
              <StateBadge state={approval.state} />
              <span>
                <code>{approval.tool}</code> by <bdi>{clientOf(approval)}</bdi>
              </span>
              {isOpen(approval) && <span>{timeLeft(approval, now)}</span>}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}
