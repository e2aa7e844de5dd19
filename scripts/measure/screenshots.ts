/**
 * Pictures of the console on the example application, for the documentation: each page at three widths, light
 * and dark. `node scripts/measure/screenshots.ts FOLDER` needs Chromium, and starts all else itself.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { askForUpdate, consent } from './screenshots/agent.ts'
import { startWorkshop } from './screenshots/workshop.ts'

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium'

const SIZES = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1280, height: 800 },
} as const

const QUERY = `SELECT status, count(*) AS repairs, sum(price) AS revenue
FROM repairs
WHERE received_at >= '2026-11-01'
GROUP BY status
ORDER BY repairs DESC`

type Show = (page: Page) => Promise<void>

async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, `#/${path}`)
}

async function showChart(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Chart' }).click()
  await page.locator('.rg-canvas canvas').waitFor()
}

const data: Show = async (page) => {
  await goTo(page, 'data/main/repairs')
  await page.getByRole('button', { name: 'Grid' }).click()
  await page.getByText('Broken spoke').first().waitFor()
}

const chart: Show = async (page) => {
  await goTo(page, 'data/main/repairs')
  await showChart(page)
}

const query: Show = async (page) => {
  await goTo(page, 'query')
  await page.locator('.cm-content').fill(QUERY)
  await page.keyboard.press('Control+Enter')
  await showChart(page)
}

/** Comes back to the page from the consent page, with the scopes that it asks for. */
function approval(path: string): Show {
  return async (page) => {
    await goTo(page, path)
    const ask = page.getByRole('button', { name: 'Ask for it at the login' })
    const approve = page.getByRole('button', { name: 'Approve' })
    await ask.or(approve).waitFor()
    if (await ask.isVisible()) {
      await ask.click()
      await consent(page, 'approvals:write')
    }
    await approve.waitFor()
  }
}

async function capture(page: Page, name: string, show: Show, folder: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await show(page)
      await page.screenshot({
        path: join(folder, `${name}-${size}-${colorScheme}.png`),
        animations: 'disabled',
      })
    }
  }
}

const [folder = 'build/screenshots'] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const workshop = await startWorkshop()
const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] })
try {
  const page = await (await browser.newContext({ viewport: SIZES.desktop })).newPage()
  const { hash } = new URL(await askForUpdate(page, workshop.origin))
  await page.goto(`${workshop.origin}/console/`)
  await page.getByRole('switch', { name: /Read only/ }).uncheck()
  await page.getByRole('button', { name: 'Log in' }).click()
  await consent(page)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  await capture(page, 'data', data, folder)
  await capture(page, 'chart', chart, folder)
  await capture(page, 'query', query, folder)
  await capture(page, 'approvals', approval(hash.slice('#/'.length)), folder)
  console.log(`The pictures are in ${folder}.`)
} finally {
  await browser.close()
  await workshop.stop()
}
