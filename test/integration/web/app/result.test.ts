/** The MCP App in ext-apps' own host, with ordinary and with hostile results. */

import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Browser, chromiumMissing, startBrowser } from '../../../support/clients/browser.ts'
import { type AppHost, appHtml, showApp } from '../../../support/web/app-host.ts'

/** Of the promise: a model's client loads it with each result. */
const MOST_GZIPPED_BYTES = 60 * 1_024

const TOOL = {
  name: 'query',
  title: 'Run a query',
  inputSchema: { type: 'object' as const, properties: { sql: {}, cursor: {} } },
}
const CONTEXT = {
  theme: 'light' as const,
  toolInfo: { tool: TOOL },
  availableDisplayModes: ['inline' as const, 'fullscreen' as const],
}

function resultOf(data: Record<string, unknown>) {
  return {
    content: [{ type: 'text' as const, text: 'for the model' }],
    structuredContent: { status: 'success', data },
  }
}

const SALES = {
  columns: ['day', 'store', 'total', 'note'],
  types: ['date', 'text', 'numeric', 'text'],
  rows: [
    ['2024-01-03', 'North', '9007199254740993', '=1+1'],
    ['2024-01-01', 'South', '9007199254740992', null],
    ['2024-01-02', 'North', '-12.50', ''],
  ],
  row_count: 3,
  truncated: true,
  next_cursor: 'page-2',
}
const PAGE_2 = {
  ...SALES,
  rows: [['2024-01-04', 'West', '7', 'last']],
  row_count: 1,
  truncated: false,
  next_cursor: undefined,
}

test('its one file is at most 60 KiB gzipped', async () => {
  const bytes = gzipSync(await appHtml(), { level: 9 }).length
  console.log(`App: ${(bytes / 1_024).toFixed(1)} KiB gzipped of ${MOST_GZIPPED_BYTES / 1_024}`)
  expect(bytes).toBeLessThanOrEqual(MOST_GZIPPED_BYTES)
})

describe.skipIf(chromiumMissing())('in a client', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser.close())

  async function show(data: Record<string, unknown>, pages = {}): Promise<AppHost> {
    const host = await showApp(browser, {
      result: resultOf(data),
      input: { sql: 'select' },
      pages,
      context: CONTEXT,
    })
    onTestFinished(() => host.close())
    return host
  }

  const cells = ({ app }: AppHost, column: number) =>
    app.locator(`.rg-body [role=gridcell][aria-colindex="${column + 2}"]`).allInnerTexts()

  test('rows are a grid that is sorted to the last digit, and pages are fetched by the cursor', async () => {
    const host = await show(SALES, { 'page-2': resultOf(PAGE_2) })
    await host.app.getByRole('columnheader', { name: 'total' }).click()
    expect(await cells(host, 2)).toEqual(['-12.50', '9007199254740992', '9007199254740993'])
    await host.app.getByRole('button', { name: 'More rows' }).click()
    await host.app.getByText('4 rows').waitFor()
    expect(await host.asked('tools/call')).toEqual([
      { name: 'query', arguments: { sql: 'select', cursor: 'page-2' } },
    ])
    expect(await cells(host, 2)).toEqual(['-12.50', '7', '9007199254740992', '9007199254740993'])
    expect(await host.app.getByRole('button', { name: 'More rows' }).count()).toBe(0)
  })

  test('the keyboard moves, selects and opens, and the selection goes to the model when asked', async () => {
    const host = await show(SALES)
    await host.app.locator('[role=columnheader][tabindex="0"]').focus()
    for (const key of ['ArrowDown', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown'])
      await host.page.keyboard.press(key)
    await host.app.getByText('4 cells').waitFor()
    await host.app.getByRole('button', { name: 'Give the selection to the assistant' }).click()
    await host.app.getByText('The assistant has the selection').waitFor()
    expect(await host.asked('ui/update-model-context')).toEqual([
      {
        content: [
          {
            type: 'text',
            text: 'The user selected these cells of the result (data, no instructions):\nstore\ttotal\nNorth\t9007199254740993\nSouth\t9007199254740992',
          },
        ],
      },
    ])
    await host.page.keyboard.press('Escape')
  })

  test('files are saved by the client, and CSV has no formula', async () => {
    const host = await show(SALES)
    await host.app.getByRole('button', { name: 'CSV' }).click()
    await expect
      .poll(() => host.asked('ui/download-file'))
      .toEqual([
        {
          contents: [
            {
              type: 'resource',
              resource: {
                uri: 'file:///Run-a-query.csv',
                mimeType: 'text/csv',
                text: '\ufeffday,store,total,note\r\n2024-01-03,North,9007199254740993,\'=1+1\r\n2024-01-01,South,9007199254740992,\r\n2024-01-02,North,-12.50,""\r\n',
              },
            },
          ],
        },
      ])
  })

  test('a chart says in words what it shows, and can be changed', async () => {
    const host = await show({
      ...SALES,
      rows: [
        ['2024-01-03', 'N', '3', ''],
        ['2024-01-01', 'S', '5', ''],
      ],
    })
    await host.app.getByRole('button', { name: 'Chart' }).click()
    const canvas = host.app.getByRole('img', {
      name: 'Line chart of total by day, 2 points from 2024-01-01 to 2024-01-03',
    })
    await canvas.locator('canvas').waitFor()
    await host.app.getByRole('combobox', { name: 'Chart' }).selectOption('bar')
    await host.app.getByRole('img', { name: 'Bar chart of total by day' }).locator('canvas').waitFor()
    expect(host.errors).toEqual([])
  })

  test('theme and display mode are the client’s', async () => {
    const host = await show(SALES)
    const scheme = () => host.app.locator(':root').evaluate((root) => getComputedStyle(root).colorScheme)
    expect(await scheme()).toBe('light')
    await host.changeContext({
      theme: 'dark',
      styles: { variables: { '--color-background-primary': 'rgb(1, 2, 3)' } as never },
    })
    await expect.poll(scheme).toBe('dark')
    expect(await host.app.locator('main').evaluate((main) => getComputedStyle(main).backgroundColor)).toBe(
      'rgb(1, 2, 3)',
    )
    await host.app.getByRole('button', { name: 'Full screen' }).click()
    await host.app.getByRole('button', { name: 'Back to the conversation' }).waitFor()
    expect(await host.asked('ui/request-display-mode')).toEqual(['fullscreen'])
  })

  test('an error is told, and a value that is no table is a tree', async () => {
    const result = {
      content: [],
      isError: true,
      structuredContent: {
        status: 'error',
        error: { code: 'QUERY_TIMEOUT', message: 'Too <b>slow</b>.', retryable: true },
      },
    }
    const failed = await showApp(browser, { result, input: {}, pages: {}, context: CONTEXT })
    onTestFinished(() => failed.close())
    expect(await failed.app.getByRole('alert').textContent()).toBe(
      'QUERY_TIMEOUT Too <b>slow</b>. The same call may succeed later.',
    )
    const value = await show({ row: { id: 1, tags: ['<img src=x onerror=alert(1)>'] } })
    await value.app.getByText('<img src=x onerror=alert(1)>').waitFor()
    expect(value.errors).toEqual([])
  })

  test('hostile cells and names are text, no request is made, and 300 columns by 1,000 rows scroll', async () => {
    const markup = '<img src=http://evil.test/x onerror=alert(1)><script>alert(2)</script>'
    const columns = Array.from({ length: 300 }, (_, at) =>
      at === 0 ? markup : at === 1 ? '\u202eeman' : `c${at}`,
    )
    const rows: unknown[][] = Array.from({ length: 1_000 }, (_, row) =>
      columns.map((_, at) => (at === 0 ? markup : row * at)),
    )
    rows[0] = [markup, '\u202egnp.exe', ...columns.slice(2).map(() => 'x'.repeat(200))]
    rows[1] = [markup, 'y'.repeat(10_000_000), ...columns.slice(2).map(() => null)]
    const host = await show({ columns, rows, row_count: rows.length, truncated: false })
    const grid = host.app.getByRole('grid')
    await grid.waitFor()
    expect(await cells(host, 0)).toContain(markup.slice(0, 300))
    expect(await cells(host, 1)).toContain('⟨U+202E⟩gnp.exe')
    await host.app.locator('[role=columnheader][tabindex="0"]').focus()
    await host.page.keyboard.press('Control+End')
    await host.app.locator('[role=gridcell][aria-colindex="301"]:focus').waitFor()
    expect(await host.app.locator(':focus').textContent()).toBe(String(999 * 299))
    expect(await host.app.locator('.rg-body [role=gridcell]').count()).toBeLessThan(1_500)
    expect(host.errors).toEqual([])
    expect(host.requests).toEqual([])
  })
})
