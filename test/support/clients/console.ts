/** Somebody in the console, in a browser of their own, and all that their page did. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { SOON_MS } from '../timeouts.ts'
import { watch } from '../web/hostile.ts'
import { type Browser, consenting } from './browser.ts'

export interface ConsoleVisit {
  readonly page: Page
  /** Origins of every request of the page and its workers. */
  readonly origins: ReadonlySet<string>
  /** Mishaps: errors of the page, dialogs that data opened, violations of the CSP. */
  readonly mishaps: readonly string[]
}

/** `path`: of the page to open, as an agent's link names it. */
export async function visitConsole(browser: Browser, url: URL, path = '/console'): Promise<ConsoleVisit> {
  const page = await browser.page()
  await watch(page)
  page.setDefaultTimeout(SOON_MS)
  const origins = new Set<string>()
  const mishaps: string[] = []
  page.context().on('request', (request) => origins.add(new URL(request.url()).origin))
  page.on('pageerror', (error) => mishaps.push(error.message))
  page.on('dialog', (dialog) => {
    mishaps.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) mishaps.push(message.text())
  })
  await page.goto(new URL(path, url).href)
  return { page, origins, mishaps }
}

/** Logs in through the consent page. */
export async function logInAs(
  page: Page,
  user: string,
  { readOnly = true }: { readOnly?: boolean } = {},
): Promise<void> {
  if (!readOnly) await page.getByRole('switch', { name: /Read only/ }).uncheck()
  await page.getByRole('button', { name: 'Log in' }).click()
  await consenting({ user })(page)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Findings of axe-core on the page as it is: rule, and the first element. */
async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<Pick<AxeResults, 'violations'>>('axe.run()')
  return violations.map(({ id, nodes: [first] }) => `${id}: ${first?.html} ${first?.failureSummary}`)
}

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }

/**
 * Findings in both themes, at a desktop's width and at a phone's, where the page must not be wider. `reach`
 * brings the page into the state that is meant.
 */
export async function problemsInEachLook(
  page: Page,
  reach: () => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const found: string[] = []
  for (const theme of ['Light', 'Dark']) {
    await page.setViewportSize(DESKTOP)
    await page.getByRole('radio', { name: theme }).check()
    await reach()
    const wide = await accessibilityProblems(page)
    await page.setViewportSize(PHONE)
    const narrow = await accessibilityProblems(page)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    if (width !== PHONE.width) narrow.push(`the page is ${width} pixels wide`)
    found.push(
      ...wide.map((each) => `${theme}: ${each}`),
      ...narrow.map((each) => `${theme}, phone: ${each}`),
    )
  }
  await page.setViewportSize(DESKTOP)
  return found
}
