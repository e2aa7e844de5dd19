/** The console on a database whose names and values want to be markup, formulas or another direction. */

import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, chromiumMissing, consenting, startBrowser } from '../../support/clients/browser.ts'
import { type ConsoleVisit, logInAs, visitConsole } from '../../support/clients/console.ts'
import { Application, SDK_CLIENTS } from '../../support/clients/sdk-clients.ts'
import { FIRST_START_MS } from '../../support/clients/started-login.ts'
import { onPostgres15, startWorkshop, type Workshop } from '../../support/clients/started-workshop.ts'
import { postgres15Missing } from '../../support/servers/postgres15.ts'
import { FORMULAS, formulasIn, HOSTILE, happened, MARKUP, RIGHT_TO_LEFT } from '../../support/web/hostile.ts'

const [IMAGE, SCRIPT] = MARKUP
const [FORMULA] = FORMULAS
/** A name has 63 bytes, and rowgate.yaml takes no quotes in one. */
const TABLE = `<img src=x onerror=window.ran='table'>`
const COLUMNS = [`</script><script>window.ran='a column'</script>`, FORMULA, RIGHT_TO_LEFT]
const WIDE = Array.from({ length: 300 }, (_, at) => `<b>${at}`)

const name = (text: string) => `"${text.replaceAll('"', '""')}"`
const value = (text: string) => `'${text.replaceAll("'", "''")}'`
const table = (called: string, columns: readonly string[]) =>
  `create table workshop.${name(called)} (id bigint primary key, shop_id text not null default 'default', ${columns.map((column) => `${name(column)} text`).join(', ')})`

const SQL = [
  table(TABLE, COLUMNS),
  `comment on table workshop.${name(TABLE)} is ${value(SCRIPT)}`,
  `comment on column workshop.${name(TABLE)}.${name(FORMULA)} is ${value(IMAGE)}`,
  ...HOSTILE.map(
    (text, at) =>
      `insert into workshop.${name(TABLE)} values (${at}, default, ${COLUMNS.map(() => value(text)).join(', ')})`,
  ),
  table('wide', WIDE),
  `insert into workshop.wide values (1, default, ${WIDE.map(value).join(', ')})`,
  table('large', ['body']),
  `insert into workshop.large values (1, default, repeat('ten megabytes ', 750000))`,
].join(';\n')

const goTo = (page: Page, path: string) =>
  page.evaluate((hash) => {
    location.hash = hash
  }, `#/${path}`)

describe.skipIf(chromiumMissing() || postgres15Missing())('the console on a hostile database', () => {
  let workshop: Workshop
  let browser: Browser
  let agent: Application
  let alice: ConsoleVisit

  beforeAll(async () => {
    workshop = await startWorkshop(onPostgres15(SQL))
    browser = await startBrowser()
    const [, connect] = SDK_CLIENTS[0] ?? []
    if (connect === undefined) throw new Error('There is no client.')
    agent = await Application.start(connect, workshop.url, browser)
    Object.assign(agent.session.clientMetadata, { client_name: IMAGE })
    alice = await visitConsole(browser, workshop.url)
    await logInAs(alice.page, 'alice', { readOnly: false })
  }, FIRST_START_MS)
  afterAll(async () => {
    await agent?.[Symbol.asyncDispose]()
    await browser?.close()
    await workshop?.[Symbol.asyncDispose]()
  })

  async function expectQuiet(): Promise<void> {
    const { page, mishaps } = alice
    expect(await page.locator('main :is(img, script, iframe, b, svg:not(.icon))').count()).toBe(0)
    expect(await happened(page)).toEqual([])
    expect(mishaps).toEqual([])
  }

  test('names, comments and cells are shown as texts, in the direction in which they are read', async () => {
    const { page } = alice
    await goTo(page, 'data')
    await page.getByRole('link', { name: TABLE }).click()
    await page.getByText(SCRIPT).first().waitFor()
    await page.getByRole('gridcell', { name: IMAGE }).first().dblclick()
    await page
      .getByRole('region', { name: /^Cell of/ })
      .getByText(IMAGE)
      .waitFor()
    await page.getByRole('columnheader', { name: 'invoice-⟨U+202E⟩fdp.exe' }).waitFor()
    await page.getByRole('button', { name: 'Chart' }).click()
    await page.locator('.rg-canvas canvas').waitFor()
    await page.getByRole('tab', { name: 'Columns' }).click()
    await page.getByRole('cell', { name: IMAGE }).waitFor()
    await page.getByRole('rowheader', { name: FORMULA }).waitFor()
    expect(await page.locator('main').textContent()).not.toContain('\u202E')
    await expectQuiet()
  })

  test('nothing in a CSV is a formula, names of columns neither', async () => {
    const { page } = alice
    await goTo(page, 'data')
    await page.getByRole('link', { name: TABLE }).click()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    const file = await saved
    expect(file.suggestedFilename()).toMatch(/^[\w.-]+\.csv$/)
    const csv = await readFile(await file.path(), 'utf8')
    for (const formula of FORMULAS) expect(csv).toContain(`'${formula}`)
    expect(formulasIn(csv)).toEqual([])
  })

  test('300 columns and a text of 10 MB leave the page answering, and little of them is drawn', async () => {
    const { page } = alice
    await goTo(page, 'data/main/wide')
    await page.locator('[role=columnheader][tabindex="0"]').focus()
    await page.keyboard.press('Control+End')
    await page.getByRole('gridcell', { name: '<b>299' }).waitFor()
    await goTo(page, 'data/main/large')
    await page.getByText('ten megabytes').first().waitFor()
    expect((await page.locator('main').textContent())?.length).toBeLessThan(100_000)
    await page.getByRole('tab', { name: 'Columns' }).click()
    await page.getByRole('rowheader', { name: 'body' }).waitFor()
    await expectQuiet()
  })

  test('an error that names what is hostile is a text', async () => {
    const { page } = alice
    await goTo(page, 'tools/query')
    await page.getByRole('textbox', { name: /^sql/ }).fill(`SELECT ${name(IMAGE)} FROM repairs`)
    await page.getByRole('button', { name: /^Run/ }).click()
    expect(await page.getByRole('alert').textContent()).toContain('<img src=x onerror=')
    await expectQuiet()
  })

  test('a client that is called by markup, and asks to write some, is shown as it is', async () => {
    const { page } = alice
    const values = { bike_id: 1, complaint: HOSTILE.join(' '), received_at: '2026-11-30T09:00:00Z' }
    const person = consenting({ user: 'alice', tick: ['rows:write'] })
    await agent.call(person, 'insert_row', { table: 'repairs', values })
    await goTo(page, 'approvals')
    await page.getByRole('button', { name: 'Ask for it at the login' }).click()
    await consenting({ user: 'alice', tick: ['approvals:write'] })(page)
    await page.getByRole('link', { name: /insert_row/ }).click()
    await page.getByRole('heading', { name: 'The row that is added' }).waitFor()
    expect(await page.locator('.after').nth(1).textContent()).toContain(MARKUP.slice(0, 2).join(' '))
    await page.getByText('All arguments of the call').click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText('You have approved it.').waitFor()
    expect(await page.locator('main').textContent()).not.toContain('\u202E')
    await goTo(page, 'activity')
    await page.getByRole('cell', { name: '<img' }).first().waitFor()
    await expectQuiet()
  })
})
