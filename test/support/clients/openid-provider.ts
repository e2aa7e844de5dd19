/** A real OpenID provider that registers clients, as an issuer in production may: `oidc-provider`. */

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'
import { listen } from '../../../scripts/check/listen.ts'
import type { Person } from './browser.ts'

export interface OpenIdProvider extends AsyncDisposable {
  readonly issuer: string
}

/** Its tokens are JWTs for this resource alone. */
export async function startOpenIdProvider(
  resource: string,
  scopes: readonly string[],
): Promise<OpenIdProvider> {
  const server = createServer((request, response) => void provider.callback()(request, response))
  const issuer = `http://localhost:${await listen(server)}`
  const provider = new Provider(issuer, {
    // A registration that names another scope is refused.
    scopes: ['openid', 'offline_access', ...scopes],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    pkce: { required: () => true },
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    issueRefreshToken: () => true,
    features: {
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  })
  return {
    issuer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** Somebody at its pages, which take any password. */
export function signingIn(user: string): Person {
  return async (page) => {
    await page.getByPlaceholder('Enter any login').fill(user)
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
  }
}
