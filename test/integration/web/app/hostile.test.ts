/** The MCP App with data that want to be markup, formulas or another direction: they stay texts. */

import type { CallToolResult } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Browser, chromiumMissing, startBrowser } from '../../../support/clients/browser.ts'
import { type AppHost, showApp } from '../../../support/web/app-host.ts'
import {
  FORMULAS,
  formulasIn,
  HOSTILE,
  happened,
  MARKUP,
  RIGHT_TO_LEFT,
} from '../../../support/web/hostile.ts'

const TEN_MB = 'ten megabytes '.repeat(750_000)

describe.skipIf(chromiumMissing())('hostile data in a client', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser.close())

  async function show(result: CallToolResult): Promise<AppHost> {
    const [image] = MARKUP
    const tool = {
      name: 'query',
      title: `${image}${RIGHT_TO_LEFT}`,
      inputSchema: { type: 'object' as const },
    }
    const context = { theme: 'light' as const, toolInfo: { tool } }
    const host = await showApp(browser, { result, input: {}, pages: {}, context })
    onTestFinished(() => host.close())
    return host
  }
  const success = (data: Record<string, unknown>): CallToolResult => ({
    content: [],
    structuredContent: { status: 'success', data },
  })

  async function expectQuiet({ page, errors, requests }: AppHost): Promise<void> {
    expect(await happened(page)).toEqual([])
    expect(errors).toEqual([])
    expect(requests).toEqual([])
  }

  /** Each text is a name, a value and a part of one. */
  const table = {
    columns: ['amount', ...HOSTILE],
    types: ['integer', ...HOSTILE.map(() => 'text')],
    rows: HOSTILE.map((text, at) => [
      at,
      ...HOSTILE.map((_, column) => (column === at ? `x ${text}` : text)),
    ]),
    row_count: HOSTILE.length,
    truncated: false,
    notice: MARKUP.join(''),
  }

  test('in names and cells they are shown, sorted, found, opened, drawn and copied as texts', async () => {
    const host = await show(success(table))
    const { app } = host
    const [image] = MARKUP
    await app.getByRole('columnheader', { name: image }).click()
    await app.getByRole('searchbox', { name: 'Filter rows' }).fill('onerror')
    await app.getByRole('searchbox', { name: 'Filter rows' }).fill('')
    await app.getByRole('gridcell', { name: image, exact: true }).first().dblclick()
    await app
      .getByRole('region', { name: /^Cell of/ })
      .getByText(image)
      .waitFor()
    expect(await app.locator('main img, main script, main svg, main iframe, main a').count()).toBe(0)
    await app.getByRole('button', { name: 'Chart' }).click()
    await app.locator('canvas').first().waitFor()
    await app.getByText("The chart's numbers as a table").click()
    await app.getByRole('cell').first().waitFor()
    await expectQuiet(host)
  })

  test('nothing in a CSV of theirs is a formula, names of columns neither', async () => {
    const host = await show(success(table))
    await host.app.getByRole('button', { name: 'CSV' }).click()
    await expect.poll(() => host.asked('ui/download-file')).toHaveLength(1)
    const csv = JSON.stringify(await host.asked('ui/download-file'))
    const [{ contents }] = JSON.parse(csv) as [{ contents: [{ resource: { uri: string; text: string } }] }]
    const [{ resource }] = contents
    expect(resource.uri).toMatch(/^file:\/\/\/[\w.-]+\.csv$/)
    for (const formula of FORMULAS) expect(resource.text).toContain(`'${formula}`)
    expect(formulasIn(resource.text)).toEqual([])
    await expectQuiet(host)
  })

  test('no character turns the direction of those after it', async () => {
    const host = await show(success({ columns: [RIGHT_TO_LEFT], rows: [[RIGHT_TO_LEFT]] }))
    const shown = 'invoice-⟨U+202E⟩fdp.exe'
    await host.app.getByRole('columnheader', { name: shown }).waitFor()
    await host.app.getByRole('gridcell', { name: shown }).waitFor()
    expect(await host.app.locator('main').textContent()).not.toContain('\u202E')
  })

  test('in an error and in a tree they are texts too', async () => {
    const all = HOSTILE.join(' ')
    const error = { code: MARKUP[0], message: all, retryable: false, details: { [MARKUP[1]]: all } }
    const failed = await show({ content: [], isError: true, structuredContent: { status: 'error', error } })
    expect(await failed.app.getByRole('alert').textContent()).toContain(MARKUP[5])
    await expectQuiet(failed)
    const tree = await show(success({ [MARKUP[0]]: HOSTILE, [MARKUP[1]]: null }))
    await tree.app.getByText(MARKUP[2]).waitFor()
    expect(await tree.app.locator('main img, main script, main svg, main iframe, main a').count()).toBe(0)
    await expectQuiet(tree)
  })

  test('texts of 10 MB in 300 columns leave the page answering, and little of them is drawn', async () => {
    const columns = Array.from({ length: 300 }, (_, at) => `c${at}`)
    const rows = Array.from({ length: 20 }, (_, row) => columns.map((_, at) => (at === row ? TEN_MB : at)))
    // Two of them: more is more than a client passes on.
    const short = rows.map((row, at) => row.map((value) => (value === TEN_MB && at > 1 ? 'short' : value)))
    const host = await show(success({ columns, rows: short, row_count: 20, truncated: false }))
    const { app, page } = host
    await app
      .getByRole('gridcell', { name: /^ten megabytes/ })
      .first()
      .dblclick()
    await app.getByText('The first 100,000 are shown.').waitFor()
    expect((await app.locator('main').textContent())?.length).toBeLessThan(200_000)
    await app.getByRole('button', { name: 'Close' }).click()
    await app.getByRole('searchbox', { name: 'Filter rows' }).fill('short')
    await app.getByText('18 of 20 rows').waitFor()
    await app.getByRole('button', { name: 'JSON' }).click()
    await app.locator('[role=gridcell][tabindex="0"], [role=columnheader][tabindex="0"]').first().focus()
    await page.keyboard.press('Control+End')
    await app.locator('[role=gridcell][aria-colindex="301"]:focus').waitFor()
    await expectQuiet(host)
  })
})
