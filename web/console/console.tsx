/** The console: the login, then the page that the address names. */

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Session } from './login/login.ts'
import { logOut, nameIn, resume } from './login/session.ts'
import { CallError, listTools, type Tool } from './mcp/client.ts'
import { useAnswer } from './mcp/use-answer.ts'
import { Welcome } from './pages/welcome.tsx'
import { PLACES } from './places.tsx'
import { Problem, Waiting } from './shell/parts.tsx'
import { useRoute } from './shell/router.ts'
import { Shell } from './shell/shell.tsx'

type State =
  | { readonly at: 'start' }
  | { readonly at: 'out'; readonly error?: unknown }
  | { readonly at: 'in'; readonly session: Session }

export function Console(): JSX.Element {
  const [state, setState] = useState<State>({ at: 'start' })
  useEffect(() => {
    resume().then(
      (session) => setState(session === undefined ? { at: 'out' } : { at: 'in', session }),
      (error: unknown) => setState({ at: 'out', error }),
    )
  }, [])
  switch (state.at) {
    case 'start':
      return <Waiting what="Starting…" />
    case 'out':
      return <Welcome error={state.error} />
    case 'in':
      return (
        <Inside
          session={state.session}
          leave={(error) => {
            void logOut()
            setState({ at: 'out', error })
          }}
        />
      )
  }
}

interface InsideProps {
  readonly session: Session
  readonly leave: (error?: unknown) => void
}

function Inside({ session, leave }: InsideProps): JSX.Element {
  const tools = useAnswer('tools', listTools)
  const [name = 'data', ...path] = useRoute()
  const ended = tools.error instanceof CallError && tools.error.code === 'logged-out'
  useEffect(() => {
    if (ended) leave(tools.error)
  }, [ended])
  const places = PLACES.filter(({ shown }) => shown?.(tools.value ?? []) ?? true)
  const place = places.find((each) => each.name === name) ?? places[0]
  return (
    <Shell
      places={places}
      here={place?.name ?? ''}
      user={nameIn(session)}
      readOnly={session.readOnly}
      logOut={() => leave()}
    >
      {tools.error !== undefined && <Problem error={tools.error} again={tools.again} />}
      {tools.value === undefined && tools.error === undefined && <Waiting what="Asking what you may do…" />}
      {tools.value !== undefined && place !== undefined && (
        <Page key={place.name} place={place} tools={tools.value} path={path} session={session} />
      )}
    </Shell>
  )
}

interface PageProps {
  readonly place: (typeof PLACES)[number]
  readonly tools: readonly Tool[]
  readonly path: readonly string[]
  readonly session: Session
}

function Page({ place: { Page: Named }, tools, path, session }: PageProps): JSX.Element {
  return <Named tools={tools} path={path} session={session} />
}
