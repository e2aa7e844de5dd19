/** The console's SQL editor in a browser, on the Worker of `npm start`. */

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
import { absent } from '../../support/skip-without.ts'

const editorOf = (page: Page) => page.locator('.cm-content')
const runButton = (page: Page) => page.getByRole('button', { name: /^Run/ })
const optionsOf = (page: Page) => page.getByRole('listbox').getByRole('option')

async function write(page: Page, sql: string): Promise<void> {
  await editorOf(page).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(sql)
}

/** Cells of a column, from the top, of those that are drawn. */
const cellsOf = (page: Page, column: number) =>
  page.locator(`.rg-body [role=gridcell][aria-colindex="${column + 2}"]`).allInnerTexts()

describe.skipIf(chromiumMissing() || absent('tasks') || absent('sql'))('the query page', () => {
  let started: StartedLogin
  let browser: Browser
  let alice: ConsoleVisit

  beforeAll(async () => {
    started = await startForLogin()
    browser = await startBrowser()
    alice = await visitConsole(browser, started.url)
    await logInAs(alice.page, 'alice')
    await alice.page.getByRole('link', { name: 'Query' }).click()
    await editorOf(alice.page).waitFor()
  }, FIRST_START_MS)
  afterAll(async () => {
    await browser?.close()
    await started?.[Symbol.asyncDispose]()
  })
  afterEach(() => expect(alice.mishaps).toEqual([]))

  test('runs a query by keyboard, with the values of its parameters', async () => {
    const { page } = alice
    await write(page, "SELECT $1::int + 1 AS more, $2::text AS word, '$3' AS none")
    await page.getByRole('textbox', { name: '$1' }).fill('41')
    await page.getByRole('textbox', { name: '$2' }).fill('bread')
    expect(await page.getByRole('textbox', { name: '$3' }).count()).toBe(0)
    await editorOf(page).press('ControlOrMeta+Enter')
    expect(await page.getByRole('alert').textContent()).toContain('"bread"')
    await page.getByRole('textbox', { name: '$2' }).fill('"bread"')
    await editorOf(page).press('ControlOrMeta+Enter')
    await page.getByRole('gridcell', { name: '42' }).waitFor()
    expect(await cellsOf(page, 1)).toEqual(['bread'])
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('goes on by cursor, and draws a chart of all rows that came', async () => {
    const { page } = alice
    await write(page, 'SELECT n, n * n AS square FROM generate_series(1, 700) n ORDER BY n')
    await runButton(page).click()
    await page.getByText('500 rows, and there are more').waitFor()
    await page.getByRole('button', { name: 'More rows' }).click()
    await page.getByText('700 rows', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'More rows' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Chart' }).click()
    await page.locator('.uplot canvas').waitFor()
  })

  test('completes keywords, and the tables and columns that she may read', async () => {
    const { page } = alice
    await write(page, 'SELECT  FROM tas')
    await page.keyboard.press('ControlOrMeta+Space')
    await optionsOf(page)
      .filter({ hasText: /^tasks/ })
      .first()
      .click()
    await page.keyboard.press('Home')
    for (let step = 0; step < 7; step += 1) await page.keyboard.press('ArrowRight')
    await page.keyboard.type('tit')
    await optionsOf(page)
      .filter({ hasText: /^title/ })
      .first()
      .click()
    await runButton(page).click()
    await page.getByRole('gridcell', { name: 'Water the plants' }).waitFor()
    await write(page, 'SELECT t. FROM tasks t')
    for (let step = 0; step < 13; step += 1) await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ControlOrMeta+Space')
    await optionsOf(page)
      .filter({ hasText: /^title/ })
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
  })

  test.each([
    ['SELECT title,\n  titel FROM tasks', 'titel', 'line 2, column 3'],
    ['SELECT 1 FROM FROM tasks', 'FROM', 'line 1, column 15'],
    ["SELECT 'pg_sleep', '𝄞', pg_sleep(1)", 'pg_sleep', 'line 1, column 26'],
  ])('underlines an error where it is: %s', async (sql, underlined, place) => {
    const { page } = alice
    await write(page, sql)
    await runButton(page).click()
    await expect.poll(() => page.locator('.cm-lintRange-error').allInnerTexts()).toEqual([underlined])
    expect(await page.getByRole('alert').textContent()).toContain('QUERY_REJECTED')
    await page.getByRole('button', { name: `Go to ${place}` }).click()
    await page.keyboard.insertText('now')
    await expect.poll(() => page.locator('.cm-lintRange-error').count()).toBe(0)
    const text = (await editorOf(page).locator('.cm-line').allInnerTexts()).join('\n')
    expect(text.split('now').length).toBe(2)
  })

  test('explains a query as a picture and as a list that says the same', async () => {
    const { page } = alice
    await write(page, 'SELECT a.title FROM tasks a JOIN tasks b ON a.id = b.id ORDER BY a.title')
    await page.getByRole('checkbox', { name: /measure/ }).check()
    await page.getByRole('button', { name: 'Explain' }).click()
    const picture = page.getByRole('img', { name: /^The plan: \d+ steps/ })
    await picture.waitFor()
    // The proposals that the last word asked for do not open when the editor is left.
    expect(await page.getByRole('listbox').count()).toBe(0)
    const boxes = await picture.locator('g title').allTextContents()
    const list = await page.locator('.plan-list li > bdi').allTextContents()
    expect(list).toEqual(boxes)
    expect(list.filter((step) => step.includes('tasks')).length).toBeGreaterThan(0)
    expect(list.join()).toMatch(/% of the time/)
  })

  test('keeps what she ran in this browser, without rows, until she clears it', async () => {
    const { page } = alice
    await write(page, 'SELECT $1::text AS kept')
    await page.getByRole('textbox', { name: '$1' }).fill('"word"')
    await runButton(page).click()
    await page.getByRole('gridcell', { name: 'word' }).waitFor()
    await write(page, "SELECT upper('rows are not') AS kept")
    await runButton(page).click()
    await page.getByRole('gridcell', { name: 'ROWS ARE NOT' }).waitFor()
    const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage }))
    expect(await stored()).toContain('rows are not')
    expect(await stored()).not.toContain('ROWS ARE NOT')
    await page.reload()
    await editorOf(page).waitFor()
    await page.locator('summary', { hasText: 'History' }).click()
    await page.getByRole('list', { name: 'Past queries' }).getByText('SELECT $1::text AS kept').click()
    expect(await editorOf(page).textContent()).toBe('SELECT $1::text AS kept')
    expect(await page.getByRole('textbox', { name: '$1' }).inputValue()).toBe('"word"')
    await page.getByRole('button', { name: 'Clear the history' }).click()
    expect(await page.getByRole('list', { name: 'Past queries' }).count()).toBe(0)
    expect(await stored()).not.toContain('SELECT')
  })

  test('asks the source that is chosen, and lists its tables', async () => {
    const { page } = await visitConsole(browser, started.url)
    const asked: string[] = []
    // The server has one source: the browser is told of a second, and what is asked of it goes to the first.
    await page.route(
      ({ pathname }) => pathname === '/mcp',
      async (route) => {
        const { method, params, ...rest } = route.request().postDataJSON()
        // The login asks whether it is let in.
        if (params === undefined) return await route.continue()
        const { source, ...given } = params.arguments ?? {}
        if (source !== undefined) asked.push(`${params.name} of ${source}`)
        const sent = { ...rest, method, params: { ...params, ...(params.arguments && { arguments: given }) } }
        const response = await route.fetch({ postData: sent })
        const body = await response.json()
        for (const { inputSchema } of method === 'tools/list' ? body.result.tools : []) {
          Object.assign(inputSchema.properties, { source: { enum: ['main', 'archive'] } })
        }
        await route.fulfill({ response, json: body })
      },
    )
    await logInAs(page, 'alice')
    await page.getByRole('link', { name: 'Query' }).click()
    await page.getByRole('combobox', { name: 'Source' }).selectOption('archive')
    await write(page, 'SELECT 1 AS one FROM tas')
    await optionsOf(page)
      .filter({ hasText: /^tasks/ })
      .first()
      .click()
    await runButton(page).click()
    await page.getByRole('grid').waitFor()
    expect(asked).toContain('list_tables of archive')
    expect(asked).toContain('query of archive')
    expect(asked).not.toContain('query of main')
    await page.context().close()
  })

  test('is a plain field where the editor does not come', async () => {
    const { page } = await visitConsole(browser, started.url)
    await page.route('**/code-mirror-*.js', (route) => route.abort())
    await logInAs(page, 'alice')
    await page.getByRole('link', { name: 'Query' }).click()
    await page.getByRole('textbox', { name: 'SQL' }).fill('SELECT 6 * 7 AS answer')
    await runButton(page).click()
    await page.getByRole('gridcell', { name: '42' }).waitFor()
    await page.context().close()
  })

  test('has nothing for axe-core to find with rows, an error, a plan and a completion', async () => {
    const { page } = alice
    const states = {
      async rows() {
        await write(page, 'SELECT id, title, $1::int AS n FROM tasks ORDER BY id')
        await page.getByRole('textbox', { name: '$1' }).fill('1')
        await runButton(page).click()
        await page.getByRole('grid').waitFor()
      },
      async error() {
        await write(page, 'SELECT titel FROM tasks')
        await runButton(page).click()
        await page.getByRole('alert').waitFor()
      },
      async plan() {
        await write(page, 'SELECT count(*) FROM tasks')
        await page.getByRole('button', { name: 'Explain' }).click()
        await page.getByRole('img', { name: /^The plan/ }).waitFor()
      },
      async completion() {
        await write(page, 'SELECT tit')
        await page.keyboard.press('ControlOrMeta+Space')
        await optionsOf(page).first().waitFor()
      },
    }
    for (const [state, reach] of Object.entries(states)) {
      expect(await problemsInEachLook(page, reach), state).toEqual([])
    }
  })

  test('bob is offered no table that needs a scope which he has not, and sees none of her queries', async () => {
    const { page, mishaps } = await visitConsole(browser, started.url)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('checkbox', { name: 'netflix:read' }).uncheck()
    await consenting({ user: 'bob' })(page)
    await page.getByRole('link', { name: 'Query' }).click()
    for (const [visit, offered] of [
      [alice.page, 1],
      [page, 0],
    ] as const) {
      await write(visit, 'SELECT * FROM tas')
      await optionsOf(visit)
        .filter({ hasText: /^tasks/ })
        .first()
        .waitFor()
      // The tables are there now, and come together with the keywords.
      await write(visit, 'SELECT * FROM ne')
      await optionsOf(visit).filter({ hasText: 'NEXT' }).waitFor()
      expect(
        await optionsOf(visit)
          .filter({ hasText: /^netflix/ })
          .count(),
      ).toBe(offered)
    }
    expect(await page.locator('.query-history li').count()).toBe(0)
    await write(page, 'SELECT title FROM tasks')
    await runButton(page).click()
    await page.getByRole('gridcell', { name: 'Buy bread' }).waitFor()
    expect(await cellsOf(page, 0)).not.toContain('Water the plants')
    expect(mishaps).toEqual([])
    await page.context().close()
  })
})
