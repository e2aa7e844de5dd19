/**
 * An agent whose client cannot ask its user, and the user at the console: what alice approves happens once,
 * what she refuses does not, and bob learns of nothing.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, chromiumMissing, consenting, startBrowser } from '../../support/clients/browser.ts'
import { logInAs, problemsInEachLook, visitConsole } from '../../support/clients/console.ts'
import { Application, SDK_CLIENTS } from '../../support/clients/sdk-clients.ts'
import { FIRST_START_MS } from '../../support/clients/started-login.ts'
import {
  embedded,
  onPostgres15,
  startWorkshop,
  type Workshop,
} from '../../support/clients/started-workshop.ts'
import type { Envelope } from '../../support/product/rowgate.ts'
import { postgres15Missing } from '../../support/servers/postgres15.ts'

const DATABASES = [
  { name: 'the embedded Postgres', missing: () => false, open: embedded },
  { name: 'PostgreSQL 15', missing: postgres15Missing, open: onPostgres15() },
]

/** Of alice's shop. */
const REPAIR = 1
const COMPLAINT = 'Squeaking brakes <img src=x onerror=alert(1)> \u202Egnp.exe'

const [, connectNew] = SDK_CLIENTS[0] ?? []

describe.each(DATABASES)('on $name', ({ missing, open }) => {
  describe.skipIf(chromiumMissing() || missing())('a write that its user approves', () => {
    let workshop: Workshop
    let browser: Browser
    let agent: Application

    beforeAll(async () => {
      workshop = await startWorkshop(open)
      browser = await startBrowser()
      if (connectNew === undefined) throw new Error('There is no client.')
      agent = await Application.start(connectNew, workshop.url, browser)
    }, FIRST_START_MS)
    afterAll(async () => {
      await agent?.[Symbol.asyncDispose]()
      await browser?.close()
      await workshop?.[Symbol.asyncDispose]()
    })

    const alice = consenting({ user: 'alice', tick: ['rows:write'] })

    async function call(tool: string, args: Record<string, unknown>): Promise<Envelope> {
      const result = await agent.call(alice, tool, args)
      return (result as { structuredContent: Envelope }).structuredContent
    }
    const update = (values: Record<string, unknown>) =>
      call('update_row', { table: 'repairs', key: REPAIR, values })
    const complaint = async () =>
      (await call('get_row', { table: 'repairs', key: REPAIR })).data.row.complaint as string

    /** Path of the page that the agent was told to pass on. */
    function linkIn({ error }: Envelope): string {
      expect(error?.code).toBe('CONFIRMATION_REQUIRED')
      const link = new URL(/http:\S+$/.exec(error?.message ?? '')?.[0] ?? '')
      expect(link.origin).toBe(workshop.url.origin)
      return link.pathname + link.hash
    }

    /** Follows the link in a browser of one's own, and logs in for that alone. */
    async function follow(link: string, user = 'alice') {
      const visit = await visitConsole(browser, workshop.url, link)
      const { page } = visit
      await page.getByRole('heading', { name: 'Approve what your agent asks for' }).waitFor()
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.waitForURL(/\/authorize/)
      expect(new URL(page.url()).searchParams.get('scope')).toBe('approvals:read approvals:write')
      await consenting({ user, tick: ['approvals:write'] })(page)
      await page.getByRole('heading', { name: 'Approvals' }).waitFor()
      return visit
    }

    test('alice sees the row before and after and approves; it happens once, and the next call asks again', async () => {
      const before = await complaint()
      const link = linkIn(await update({ complaint: COMPLAINT }))
      const { page, origins, mishaps } = await follow(link)
      await page.getByText('waits for you').waitFor()
      const changed = page.getByRole('listitem').filter({ hasText: 'complaint' }).first()
      expect(await changed.locator('.before').textContent()).toContain(before)
      expect(await changed.locator('.after').textContent()).toContain(COMPLAINT.replace('\u202E', '⟨U+202E⟩'))
      await page.getByText('update_row', { exact: true }).waitFor()
      await page.getByText(/^Test client \([\da-f]{8}\)$/).waitFor()
      await page
        .getByRole('timer')
        .filter({ hasText: /^(9:\d\d|10:00) minutes left$/ })
        .waitFor()
      await page.getByText('All arguments of the call').click()
      await page.getByText('"table": "repairs"').waitFor()
      expect(await problemsInEachLook(page)).toEqual([])
      expect(await page.locator('main img').count()).toBe(0)
      expect(await complaint()).toBe(before)

      await page.getByRole('button', { name: 'Approve' }).click()
      await page.getByText('You have approved it.').waitFor()
      expect(await page.getByRole('button', { name: 'Refuse' }).count()).toBe(0)
      expect(await complaint()).toBe(before)
      expect((await update({ complaint: COMPLAINT })).data?.row.complaint).toBe(COMPLAINT)
      await page.getByRole('button', { name: 'Refresh' }).click()
      await page.getByText('used', { exact: true }).waitFor()

      expect(linkIn(await update({ complaint: COMPLAINT }))).not.toBe(link)
      await page.getByRole('link', { name: 'All approvals' }).click()
      await page.locator('.approval-list li').nth(1).waitFor()
      expect(await page.locator('.approval-list .badge').allTextContents()).toEqual(['waits for you', 'used'])
      expect(await problemsInEachLook(page)).toEqual([])
      expect([[...origins], mishaps]).toEqual([[workshop.url.origin], []])
      await page.context().close()
    })

    test('an insert that is approved adds one row, however often the agent calls', async () => {
      const values = { bike_id: 1, complaint: 'Approved once', received_at: '2026-11-30T09:00:00Z' }
      const insert = () => call('insert_row', { table: 'repairs', values })
      const { page } = await follow(linkIn(await insert()))
      await page.getByRole('heading', { name: 'The row that is added' }).waitFor()
      await page.getByRole('button', { name: 'Approve' }).click()
      await page.getByText('You have approved it.').waitFor()
      expect((await insert()).data).toEqual((await insert()).data)
      const filter = [{ column: 'complaint', op: 'eq', value: 'Approved once' }]
      expect((await call('find_rows', { table: 'repairs', filter })).data.rows).toHaveLength(1)
      await page.context().close()
    })

    test('what she refuses is not done, and the agent is told', async () => {
      const { page } = await follow(linkIn(await update({ price: 1 })))
      await page.getByRole('button', { name: 'Refuse' }).click()
      await page.getByText('You have refused it.').waitFor()
      expect((await update({ price: 1 })).error?.code).toBe('AUTHORIZATION_ERROR')
      await page.context().close()
    })

    test('bob, who follows her link, learns nothing of it', async () => {
      const link = linkIn(await update({ complaint: 'only alice knows' }))
      const { page, mishaps } = await follow(link, 'bob')
      await page.getByText('There is nothing to approve here').waitFor()
      expect(await page.locator('main').textContent()).not.toMatch(/only alice|repairs|update_row|expired/)
      expect(await page.getByRole('button', { name: /Approve|Refuse/ }).count()).toBe(0)
      expect(await problemsInEachLook(page)).toEqual([])
      const missing = link.replace(/[\da-f]{12}$/, '0'.repeat(12))
      const text = await page.locator('main').textContent()
      await page.evaluate((hash) => location.assign(hash), missing.slice(missing.indexOf('#')))
      await page.getByText('There is nothing to approve here').waitFor()
      expect(await page.locator('main').textContent()).toBe(text)
      expect(mishaps).toEqual([])
      await page.context().close()
    })

    test('one whose time ends on the page can no longer be approved there', async () => {
      const link = linkIn(await update({ complaint: 'too late' }))
      const { page } = await follow(link)
      await page.getByText('waits for you').waitFor()
      await workshop.owner(`update rowgate.approvals set expires_at = now() where id = '${link.slice(-36)}'`)
      await page.getByRole('button', { name: 'Approve' }).click()
      await page.getByText('expired', { exact: true }).waitFor()
      expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
      expect(linkIn(await update({ complaint: 'too late' }))).not.toBe(link)
      await page.context().close()
    })

    test('a login that may only look is asked for more when somebody comes to approve', async () => {
      linkIn(await update({ complaint: 'of a step up' }))
      const { page, mishaps } = await visitConsole(browser, workshop.url)
      await logInAs(page, 'alice')
      await page.getByRole('link', { name: 'Approvals' }).click()
      await page.getByRole('heading', { name: 'Log in to see what waits for you' }).waitFor()
      expect(await problemsInEachLook(page)).toEqual([])
      await page.getByRole('button', { name: 'Ask for it at the login' }).click()
      await consenting({ user: 'alice' })(page)
      await page.getByRole('link', { name: /of a step up/ }).click()
      await page.getByRole('heading', { name: 'Log in to decide' }).waitFor()
      expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
      await page.getByRole('button', { name: 'Ask for it at the login' }).click()
      await consenting({ user: 'alice', tick: ['approvals:write'] })(page)
      await page.getByRole('button', { name: 'Approve' }).click()
      await page.getByText('You have approved it.').waitFor()
      expect((await update({ complaint: 'of a step up' })).status).toBe('success')
      expect(mishaps).toEqual([])
      await page.context().close()
    })
  })
})
