/** Shown to a login that may not see or decide approvals: the scopes are asked for only now. */

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Session } from '../../login/login.ts'
import { logIn } from '../../login/session.ts'
import { Icon } from '../../shell/icons.tsx'
import { Problem } from '../../shell/parts.tsx'
import { APPROVAL_SCOPES } from './approval.ts'

interface NeedLoginProps {
  readonly session: Session
  readonly title: string
}

export function NeedLogin({ session, title }: NeedLoginProps): JSX.Element {
  const [error, setError] = useState<unknown>()
  const scopes = [...new Set([...session.scopes, ...APPROVAL_SCOPES])]
  // Without read-only, since to approve is a write. No other scope that writes is asked for.
  const ask = () => logIn({ readOnly: false, scopes }).catch(setError)
  return (
    <section class="need-login" aria-label={title}>
      <h2>{title}</h2>
      <p>
        It needs <code>approvals:read</code> and <code>approvals:write</code>, which this page asks for only
        now. With them you decide about your own agents’ writes, and about nothing else.
      </p>
      <button type="button" class="button primary" onClick={() => void ask()}>
        <Icon name="key" /> Ask for it at the login
      </button>
      {error !== undefined && <Problem error={error} />}
      <p class="note">
        Where you come back and see this again, the login has not granted it, or this deployment does not know
        its console: then its operator sets <code>CONSOLE_CLIENT_ID</code>.
      </p>
    </section>
  )
}
