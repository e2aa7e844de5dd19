/** The console in a browser, on the Worker of `npm start`: bob sees nothing of alice; data runs nothing. */

import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, chromiumMissing, consenting, startBrowser } from '../../support/clients/browser.ts'
import {
  type ConsoleVisit,
  logInAs,
  problemsInEachLook,
  visitConsole,
} from '../../support/clients/console.ts'
import { FIRST_START_MS, type StartedLogin, startForLogin } from '../../support/clients/started-login.ts'
import { partOf } from '../../support/full.ts'
import { apartFromPassword, postgres15Missing, startPostgres15 } from '../../support/servers/postgres15.ts'
import { absent } from '../../support/skip-without.ts'

const DATABASES = [
  { name: 'the embedded Postgres', missing: () => false, start: () => startForLogin() },
  {
    name: 'PostgreSQL 15',
    missing: postgres15Missing,
    async start() {
      const server = await startPostgres15()
      const { url, env } = apartFromPassword(server.url)
      const started = await startForLogin(['--postgres', url, '--examples', '--yes'], env)
      return {
        ...started,
        async [Symbol.asyncDispose]() {
          await started[Symbol.asyncDispose]()
          await server.stop()
        },
      }
    },
  },
]

const PAGES = ['data/main/public.tasks', 'tools/query', 'activity', 'health', 'connect'] as const

const HOSTILE = '<img src=x onerror=alert(1)>"><script>alert(2)</script> \u202Egnp.exe'

/** A query whose names and values are markup, formulas and text from right to left, in 300 columns. */
const WIDE = `SELECT $1::text AS "<script>alert(3)</script>", ${Array.from(
  { length: 299 },
  (_, at) => `'=1+${at} <b>\u202E' AS "<b>${at}"`,
).join(', ')}`

const goTo = (page: Page, path: string) =>
  page.evaluate((hash) => {
    location.hash = hash
  }, `#/${path}`)

async function fill(page: Page, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(texts)) {
    await page.getByRole('textbox', { name: new RegExp(`^${name}\\b`) }).fill(text)
  }
  await page.getByRole('button', { name: /^Run/ }).click()
}

describe.each(partOf(DATABASES, { every: 2 }))('on $name', ({ missing, start }) => {
  describe.skipIf(chromiumMissing() || missing() || absent('tasks') || absent('sql'))('the console', () => {
    let started: StartedLogin
    let browser: Browser
    let alice: ConsoleVisit

    beforeAll(async () => {
      started = await start()
      browser = await startBrowser()
      alice = await visitConsole(browser, started.url)
      await logInAs(alice.page, 'alice', { readOnly: false })
    }, FIRST_START_MS)
    afterAll(async () => {
      await browser?.close()
      await started?.[Symbol.asyncDispose]()
    })
    afterEach(() => expect(alice.mishaps).toEqual([]))

    test('shows a table, which rows of it are hers, its columns and her rows', async () => {
      const { page } = alice
      await page.getByRole('link', { name: 'tasks' }).click()
      await page.getByText('You see the rows whose').first().waitFor()
      await page.getByText('Water the plants').first().waitFor()
      expect(await page.getByText('Buy bread').count()).toBe(0)
      await page.getByRole('tab', { name: 'Columns' }).click()
      await page.getByRole('rowheader', { name: /title/ }).waitFor()
      await page.getByRole('tab', { name: 'Columns' }).press('ArrowRight')
      await page.getByText('PRIMARY KEY').first().waitFor()
    })

    test('answers a mistake in words, and a right query with rows', async () => {
      const { page } = alice
      await goTo(page, 'tools/query')
      await fill(page, { sql: 'SELECT title FROM taskz' })
      expect(await page.getByRole('alert').textContent()).toContain('QUERY_REJECTED')
      await fill(page, { sql: 'SELECT 6 * 7 AS answer' })
      await page.getByRole('grid').getByText('42').waitFor()
      await page.getByText('This call as code').click()
      const code = await page.locator('.snippet').first().textContent()
      expect(code).toContain('$TOKEN')
      expect(code).not.toContain('eyJ')
    })

    test('shows no tool that changes until she asks for it at the login, and then it changes', async () => {
      const { page } = alice
      await goTo(page, 'tools')
      expect(await page.getByRole('link', { name: 'add_task' }).count()).toBe(0)
      await page.getByRole('button', { name: 'Ask for more' }).click()
      await consenting({ user: 'alice', tick: ['tasks:write'] })(page)
      await page.getByRole('link', { name: 'add_task' }).click()
      await fill(page, { title: HOSTILE })
      await page.getByText('Answered in').waitFor()
      await goTo(page, 'data/main/public.tasks')
      await page.getByText('onerror').first().waitFor()
    })

    test('draws hostile names and values as text', async () => {
      const { page } = alice
      await goTo(page, 'tools/query')
      await fill(page, { sql: WIDE, parameters: JSON.stringify([HOSTILE]) })
      await page.getByRole('region', { name: 'Answer' }).getByText('onerror').first().waitFor()
      expect(await page.locator('main img, main script, main b').count()).toBe(0)
    })

    test('shows her own calls, the health of the database, and the lines for each client', async () => {
      const { page } = alice
      await goTo(page, 'activity')
      await page.getByRole('cell', { name: 'QUERY_REJECTED' }).first().waitFor()
      await goTo(page, 'health')
      await page.getByText('Everything answers').waitFor()
      await goTo(page, 'connect')
      await page.getByText(`claude mcp add --transport http rowgate '${started.url}'`).waitFor()
      await page.getByRole('switch', { name: /Read only/ }).check()
      await page.getByText(`'${started.url}?read_only=true'`).first().waitFor()
    })

    test.each(PAGES)(
      'has nothing for axe-core to find in %s, light and dark, wide and narrow',
      async (path) => {
        const { page } = alice
        await goTo(page, path)
        await page.getByRole('heading').first().waitFor()
        await expect.poll(() => page.locator('.waiting').count()).toBe(0)
        expect(await problemsInEachLook(page)).toEqual([])
      },
    )

    test('its policy holds: no other origin, no script that is not a file of this one', async () => {
      expect([...alice.origins]).toEqual([started.url.origin])
      const { page } = await visitConsole(browser, started.url)
      const refused = (act: () => unknown, directive: string) =>
        page.evaluate(
          ([code, expected]) =>
            new Promise((resolve) => {
              addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
                if (effectiveDirective === expected) resolve(expected)
              })
              new Function(code ?? '')()
            }),
          [`(${act})()`, directive] as const,
        )
      const acts: [string, () => unknown][] = [
        ['connect-src', () => void fetch('https://example.com/').catch(() => undefined)],
        ['style-src-attr', () => document.body.setAttribute('style', 'color: red')],
        ['img-src', () => document.body.append(Object.assign(new Image(), { src: 'https://example.com/x' }))],
      ]
      for (const [directive, act] of acts) expect(await refused(act, directive)).toBe(directive)
      const script = () =>
        page.evaluate(() => void Object.assign(document.createElement('script'), { text: '1' }))
      await expect(script()).rejects.toThrow('TrustedScript')
      const markup = () => page.evaluate(() => void Object.assign(document.body, { innerHTML: '<b>x' }))
      await expect(markup()).rejects.toThrow('TrustedHTML')
      await page.context().close()
    })

    test('bob sees none of her rows and calls, and with the read-only switch no tool that changes', async () => {
      const { page, origins, mishaps } = await visitConsole(browser, started.url)
      await logInAs(page, 'bob')
      await page.getByRole('link', { name: 'tasks' }).click()
      await page.getByText('Buy bread').first().waitFor()
      expect(await page.getByText(/Water the plants|onerror/).count()).toBe(0)
      await goTo(page, 'activity')
      await page.getByRole('cell', { name: 'list_tables' }).first().waitFor()
      expect(await page.getByRole('cell', { name: 'QUERY_REJECTED' }).count()).toBe(0)
      await goTo(page, 'tools')
      await page.getByRole('link', { name: 'list_tasks' }).waitFor()
      expect(await page.getByRole('link', { name: 'add_task' }).count()).toBe(0)
      expect([[...origins], mishaps]).toEqual([[started.url.origin], []])
      await page.context().close()
    })

    test('the logout forgets the tokens here and ends them at the issuer', async () => {
      const { page } = alice
      const token = await page.evaluate(
        () => JSON.parse(sessionStorage.getItem('rowgate.session') ?? '{}').accessToken,
      )
      const revoked = page.waitForResponse((response) => response.url().endsWith('/revoke'))
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByRole('button', { name: 'Log in' }).waitFor()
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
      await revoked
      await expect
        .poll(async () => {
          const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
          return (await fetch(started.url, { method: 'POST', headers, body: '{}' })).status
        })
        .toBe(401)
    })
  })
})
