/** The page before the login. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { logIn } from '../login/session.ts'
import { Problem, Switch } from '../shell/parts.tsx'
import { Brand, ThemeSwitch } from '../shell/shell.tsx'
import { APPROVAL_SCOPES } from './approvals/approval.ts'

/** An agent's link, which needs these scopes and no other. */
const TO_APPROVE = /^#\/approvals\b/

export function Welcome({ error: first }: { readonly error?: unknown }): JSX.Element {
  const [readOnly, setReadOnly] = useState(true)
  const [waiting, setWaiting] = useState(false)
  const [error, setError] = useState(first)
  const approves = TO_APPROVE.test(location.hash)
  const start = async () => {
    setWaiting(true)
    setError(undefined)
    await logIn(approves ? { readOnly: false, scopes: APPROVAL_SCOPES } : { readOnly }).catch(
      (reason: unknown) => {
        setError(reason)
        setWaiting(false)
      },
    )
  }
  return (
    <main class="welcome" id="main">
      <div class="card">
        <Brand />
        <h1>{approves ? 'Approve what your agent asks for' : 'Look into your databases'}</h1>
        <p>
          {approves
            ? 'Log in as the person whom the agent works for. You see what it would change, and decide. This login can do nothing else.'
            : 'You see what an agent with your login sees: the same tables, the same rows, the same tools. Each call is made as you.'}
        </p>
        {error !== undefined && <Problem error={error} />}
        {!approves && (
          <Switch
            label="Read only"
            about="No tool here can change a row, whatever your login allows."
            checked={readOnly}
            change={setReadOnly}
          />
        )}
        <button type="button" class="button primary wide" disabled={waiting} onClick={() => void start()}>
          {waiting ? 'Going to the login…' : 'Log in'}
        </button>
        <p class="note">
          The login is that of <bdi>{location.host}</bdi>. Tokens stay in this tab and go nowhere else.
        </p>
        <ThemeSwitch />
      </div>
    </main>
  )
}
