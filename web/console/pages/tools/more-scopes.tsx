/** The way to more tools: those that the login has no scope for are not listed. */

import type { JSX } from 'preact'
import type { Session } from '../../login/login.ts'
import { logIn } from '../../login/session.ts'
import { useAnswer } from '../../mcp/use-answer.ts'

interface MoreScopesProps {
  readonly session: Session
}

export function MoreScopes({ session }: MoreScopesProps): JSX.Element | null {
  const supported = useAnswer('scopes', supportedScopes)
  const missing = (supported.value ?? []).filter((scope) => !session.scopes.includes(scope))
  if (missing.length === 0) return null
  return (
    <div class="more">
      <p class="note">
        Your login lacks{' '}
        {missing.map((scope) => (
          <span key={scope}>
            <code>{scope}</code>{' '}
          </span>
        ))}
        and so the tools that need {missing.length === 1 ? 'it' : 'them'}.
      </p>
      <button
        type="button"
        class="button small"
        onClick={() => void logIn({ readOnly: false, scopes: [...session.scopes, ...missing] })}
      >
        Ask for more
      </button>
    </div>
  )
}

/** Those of the resource's metadata (RFC 9728). */
async function supportedScopes(): Promise<readonly string[]> {
  const response = await fetch('/.well-known/oauth-protected-resource/mcp')
  const { scopes_supported: scopes }: { scopes_supported?: unknown } = await response.json()
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : []
}
