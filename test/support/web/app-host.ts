/** The MCP App in a real client: ext-apps' host parts in Chromium, with no network behind them. */

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { FrameLocator, Page } from 'playwright-core'
import { buildAssets } from '../../../scripts/build/prebuild/assets.ts'
import type { Browser } from '../clients/browser.ts'
import type { Asked, Shown } from './app-host.page.ts'
import { watch } from './hostile.ts'

const ORIGIN = 'http://client.test'

export interface AppHost {
  readonly page: Page
  readonly app: FrameLocator
  /** Addresses that the page or the App asked for, without the page itself. */
  readonly requests: readonly string[]
  /** Errors of scripts, and what a Content-Security-Policy refused. */
  readonly errors: readonly string[]
  asked(method: string): Promise<unknown[]>
  changeContext(context: Shown['context']): Promise<void>
  close(): Promise<void>
}

let app: Promise<string> | undefined
let script: Promise<string> | undefined

/** The file as it is deployed. */
export function appHtml(): Promise<string> {
  app ??= buildApp()
  return app
}

async function buildApp(): Promise<string> {
  const asset = (await buildAssets()).find(({ path }) => path === 'app/index.html')
  return Buffer.from(asset?.content ?? []).toString()
}

async function buildScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('app-host.page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    conditions: ['browser'],
  })
  return outputFiles[0]?.text ?? ''
}

export async function showApp(browser: Browser, shown: Omit<Shown, 'html'>): Promise<AppHost> {
  const page = await browser.page()
  await watch(page)
  const requests: string[] = []
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.route('**/*', async (route) => {
    const url = route.request().url()
    if (url === `${ORIGIN}/`) {
      const body = '<!doctype html><html lang="en"><title>Client</title><body></body></html>'
      return await route.fulfill({ contentType: 'text/html', body })
    }
    requests.push(url)
    return await route.abort()
  })
  await page.goto(`${ORIGIN}/`)
  script ??= buildScript()
  await page.addScriptTag({ content: await script })
  // As text: the types of JSON are too deep for those of `evaluate`.
  const all = JSON.stringify({ html: await appHtml(), ...shown })
  await page.evaluate((text) => window.showApp(JSON.parse(text)), all)
  return {
    page,
    app: page.frameLocator('iframe'),
    requests,
    errors,
    async asked(method) {
      const all: Asked[] = await page.evaluate(() => window.asked)
      return all.filter((one) => one.method === method).map(({ params }) => params)
    },
    changeContext: (context) =>
      page.evaluate((text) => window.changeContext(JSON.parse(text)), JSON.stringify(context)),
    close: () => page.context().close(),
  }
}
