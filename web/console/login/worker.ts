/**
 * A worker of the page that talks to the issuer. It has a Content-Security-Policy of its own (web/_headers),
 * so that the page, which shows what databases hold, can reach no other origin.
 */

import { LoginError, type LoginRequest } from './login.ts'
import { begin, finish, refresh, revoke } from './oauth.ts'

function serve(request: LoginRequest): Promise<unknown> {
  const { origin } = self.location
  switch (request.step) {
    case 'begin':
      return begin(origin, request)
    case 'finish':
      return finish(origin, request)
    case 'refresh':
      return refresh(origin, request.session)
    case 'revoke':
      return revoke(origin, request.session)
  }
}

self.addEventListener('message', (event: MessageEvent<LoginRequest>) => {
  const [port] = event.ports
  serve(event.data).then(
    (value) => port?.postMessage({ value }),
    (error: unknown) =>
      port?.postMessage({
        error: error instanceof LoginError ? error.message : 'The issuer could not be reached.',
      }),
  )
})
