/**
 * Real clients of the MCP SDK log in at `npm start`: they know its URL alone, and a person in Chromium does
 * the rest.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt, importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Browser,
  chromiumMissing,
  consenting,
  denying,
  startBrowser,
} from '../../../support/clients/browser.ts'
import { judgeAuthorizationServer } from '../../../support/clients/programs.ts'
import { Application, SDK_CLIENTS } from '../../../support/clients/sdk-clients.ts'
import { FIRST_START_MS, type StartedLogin, startForLogin } from '../../../support/clients/started-login.ts'

let started: StartedLogin
let browser: Browser

describe.skipIf(chromiumMissing())('npm start', () => {
  beforeAll(async () => {
    started = await startForLogin()
    browser = await startBrowser()
  }, FIRST_START_MS)
  afterAll(async () => {
    await browser?.close()
    await started?.[Symbol.asyncDispose]()
  })

  /** The same token as if it had been issued long ago. */
  async function expired(token: string): Promise<string> {
    const jwk = JSON.parse(await readFile(join(started.directory, 'issuer.json'), 'utf8'))
    return await new SignJWT({ ...decodeJwt(token), exp: 1 })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid })
      .sign(await importJWK(jwk, 'ES256'))
  }

  const nobody = async () => expect.unreachable('no login was needed')
  const SUCCESS = { structuredContent: { status: 'success' } }

  test('prints the line with which Claude Code connects', () => {
    expect(started.printed()).toContain(`claude mcp add --transport http rowgate ${started.url}\n`)
  })

  test('passes MCP’s conformance suite for authorization servers', async () => {
    const printed = await judgeAuthorizationServer(started.url, browser, consenting())
    expect(printed).toMatch(/Total: [2-9] passed, 0 failed/)
  })

  describe.each(SDK_CLIENTS)('%s', (_, connect) => {
    test('logs in as the person says, asks for what reads alone, and calls', async () => {
      await using application = await Application.start(connect, started.url, browser)
      await application.withLogin(consenting({ user: 'bob' }), (connection) => connection.listTools())
      expect(application.session.asked).toHaveLength(1)
      expect(application.session.asked[0]).toContain('sql:read')
      expect(application.session.asked[0]).not.toMatch(/:write|admin/)
      expect(await application.call(nobody, 'list_tables')).toMatchObject(SUCCESS)
      expect(decodeJwt(application.session.kept?.access_token ?? '').sub).toBe('bob')
    })

    test('logs in as anybody, by an address that narrows', async () => {
      const narrow = new URL('?toolsets=sql&read_only=true', started.url)
      await using application = await Application.start(connect, narrow, browser)
      const listed = await application.withLogin(consenting({ user: 'Čeněk O’Hara' }), (connection) =>
        connection.listTools(),
      )
      expect(listed.tools.map(({ name }) => name)).toContain('query')
      expect(application.session.asked).toEqual(['sql:read'])
      expect(decodeJwt(application.session.kept?.access_token ?? '')).toMatchObject({ sub: 'Čeněk O’Hara' })
    })

    test('steps up when a call needs more, and keeps what it had', async () => {
      await using application = await Application.start(connect, started.url, browser)
      await application.withLogin(consenting(), (connection) => connection.listTools())
      const add = { title: 'Step up' }
      const tick = ['tasks:write']
      expect(await application.call(consenting({ tick }), 'add_task', add)).toMatchObject(SUCCESS)
      expect(application.session.asked).toHaveLength(2)
      expect(application.session.asked[1]).toMatch(/sql:read.*tasks:write/)
      expect(await application.call(nobody, 'list_tasks')).toMatchObject(SUCCESS)
      expect(application.session.asked[1]).not.toContain('admin')
    })

    test('refreshes an expired token without the person', async () => {
      await using application = await Application.start(connect, started.url, browser)
      const { session } = application
      await application.call(consenting(), 'list_tables')
      const { kept } = session
      if (kept === undefined) throw new Error('no tokens')
      session.kept = { ...kept, access_token: await expired(kept.access_token) }
      expect(await application.call(nobody, 'list_tables')).toMatchObject(SUCCESS)
      expect(session.kept.refresh_token).not.toBe(kept.refresh_token)
    })

    test('asks the person again once the login was revoked', async () => {
      await using application = await Application.start(connect, started.url, browser)
      const { session } = application
      await application.call(consenting(), 'list_tables')
      const body = new URLSearchParams({
        token: session.kept?.access_token ?? '',
        client_id: session.client?.client_id ?? '',
      })
      expect((await fetch(new URL('/revoke', started.url), { method: 'POST', body })).status).toBe(200)
      expect(await application.call(consenting({ user: 'bob' }), 'list_tables')).toMatchObject(SUCCESS)
      expect(session.asked).toHaveLength(2)
    })

    test('is told when the person says no', async () => {
      await using application = await Application.start(connect, started.url, browser)
      await expect(application.call(denying, 'list_tables')).rejects.toThrow('access_denied')
      expect(application.session.kept).toBeUndefined()
    })
  })
})
