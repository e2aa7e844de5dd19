/** A headless Chromium, and what people do in it. */

import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium'

export function chromiumMissing(): boolean {
  return !existsSync(PROGRAM)
}

/** A person's steps on the page of a login, up to the click that sends them back to the client. */
export type Person = (page: Page) => Promise<void>

export interface Browser {
  /**
   * Opens the address in a browser of its own, without cookies of others. Gives the address at which the
   * person ends, outside of the login, and what is shown there.
   */
  visit(url: string, person: Person): Promise<{ readonly url: URL; readonly text: string | null }>
  /** A page for anything else. */
  page(): Promise<Page>
  close(): Promise<void>
}

export async function startBrowser(): Promise<Browser> {
  // Without a sandbox, because tests may run as root, where Chromium refuses to start with one.
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] })
  return {
    async visit(url, person) {
      const context = await browser.newContext()
      try {
        const page = await context.newPage()
        await page.goto(url)
        await person(page)
        await page.waitForURL((at) => at.origin !== new URL(url).origin)
        return { url: new URL(page.url()), text: await page.textContent('body') }
      } finally {
        await context.close()
      }
    },
    async page() {
      return await (await browser.newContext()).newPage()
    },
    close: () => browser.close(),
  }
}

/** Somebody at the consent page, who finds everything by its label, as a screen reader does. */
export function consenting({ user = 'alice', tick = [] as readonly string[] } = {}): Person {
  return async (page) => {
    const known = page.getByRole('radio', { name: user, exact: true })
    if ((await known.count()) > 0) await known.check()
    else {
      await page.getByRole('radio', { name: 'Another name' }).check()
      await page.getByRole('textbox', { name: 'The other name' }).fill(user)
    }
    for (const scope of tick) await page.getByRole('checkbox', { name: scope }).check()
    await page.getByRole('button', { name: 'Allow' }).click()
  }
}

export const denying: Person = async (page) => {
  await page.getByRole('button', { name: 'Deny' }).click()
}
