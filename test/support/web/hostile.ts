/** Texts that want to be more than text, and a watch over a page that says what they became. */

import type { Page } from 'playwright-core'

/** Each marks the window if it runs. */
export const MARKUP = [
  `<img src=x onerror="window.ran='an image'">`,
  `</script><script>window.ran='a script'</script>`,
  `</style><svg onload="window.ran='an svg'">`,
  `"><a href="javascript:window.ran='a link'" autofocus onfocus="window.ran='a focus'">x</a>`,
  `<iframe srcdoc="<script>top.ran='a frame'</script>">`,
  `\${window.ran='a template'}`,
] as const

/** A spreadsheet that opens them would run them. */
export const FORMULAS = [
  `=cmd|' /C calc'!A0`,
  '@SUM(1+1)*cmd',
  '+1+cmd',
  '-2+3+cmd',
  '\t=1+1',
  '\r=1+1',
  '＝1+1',
] as const

/** Reads as invoice-exe.pdf where it turns the direction of what follows. */
export const RIGHT_TO_LEFT = 'invoice-\u202Efdp.exe'

export const HOSTILE: readonly string[] = [...MARKUP, ...FORMULAS, RIGHT_TO_LEFT]

declare global {
  interface Window {
    /** What ran. */
    ran?: string
    /** Directives of the page's policy that something was against. */
    violations?: string[]
  }
}

/** Call it before the page is opened: it listens in each frame from its first moment. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.violations = []
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
      window.violations?.push(`${effectiveDirective} ${blockedURI}`),
    )
  })
}

/** What ran in any frame, and what a policy stopped; empty where the texts stayed texts. */
export async function happened(page: Page): Promise<readonly string[]> {
  const frames = await Promise.all(
    page.frames().map((frame) => frame.evaluate(() => [window.ran ?? [], window.violations ?? []].flat())),
  )
  return frames.flat()
}

/** The fields of a CSV (RFC 4180). */
export function fieldsOf(csv: string): string[] {
  return [...csv.matchAll(/(?<=^|,|\r\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|\r\n|$)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}

/** Fields that a spreadsheet would run. */
export function formulasIn(csv: string): string[] {
  return fieldsOf(csv.replace(/^\ufeff/, '')).filter((field) => /^[=+\-@\t\r\n＝＋－＠]/.test(field))
}
