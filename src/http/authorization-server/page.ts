/** A page for people: without scripts, in no frame, kept by no cache. */

import { sha256 } from '../../infra/hash.ts'

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --accent: #0b6bcb; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --accent: #6cb2ff; --bad: #ff8a80 } }
* { box-sizing: border-box }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; padding: 1.5rem }
main { max-width: 34rem; margin: 0 auto }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 0 0 1rem; padding: .75rem 1rem }
legend { font-weight: 600; padding: 0 .25rem }
label { display: flex; gap: .5rem; align-items: baseline; padding: .15rem 0 }
label.field { display: block }
input[type=text] { font: inherit; width: 100%; padding: .35rem .5rem; margin-top: .15rem }
.scopes { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); column-gap: 1rem }
.note { opacity: .8; font-size: .9rem; margin: .25rem 0 }
.warning { border-left: .25rem solid var(--bad); padding-left: .75rem }
.actions { display: flex; gap: .75rem; flex-wrap: wrap }
button { font: inherit; padding: .5rem 1.5rem; border-radius: .5rem; border: 1px solid var(--accent);
  background: transparent; color: inherit; cursor: pointer }
button.primary { background: var(--accent); color: Canvas; font-weight: 600 }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
code { overflow-wrap: anywhere }
`

let styleHash: string | undefined

async function hashOfStyle(): Promise<string> {
  if (styleHash === undefined) {
    styleHash = btoa(String.fromCharCode(...(await sha256(STYLE))))
  }
  return styleHash
}

/** HTML that is safe to insert: made by `html` alone. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

type Value = string | Html | readonly Html[] | false

function escaped(value: Value): string {
  if (value === false) return ''
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
  return value instanceof Html ? value.text : value.map(({ text }) => text).join('')
}

/** A template whose values are escaped, unless they are HTML already. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, index) => text + escaped(values[index - 1] ?? false) + part))
}

export interface PageOptions {
  readonly title: string
  readonly body: Html
  readonly status?: number
  /** Targets of a form beside this origin: sources of CSP's `form-action`. */
  readonly formAction?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export async function page({
  title,
  body,
  status = 200,
  formAction,
  headers,
}: PageOptions): Promise<Response> {
  const content = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${await hashOfStyle()}'`,
    `form-action 'self'${formAction === undefined ? '' : ` ${formAction}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  return new Response(content.text, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy.join('; '),
      'X-Frame-Options': 'DENY',
      'X-Content-Type-Options': 'nosniff',
      // With `no-referrer` a browser would send the form's Origin as null.
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-store',
      ...headers,
    },
  })
}

/** A page that says why nothing can be done here. */
export function problemPage(title: string, reason: string, status = 400): Promise<Response> {
  return page({
    title,
    status,
    body: html`<h1>${title}</h1>
<p>${reason}</p>
<p class="note">Nothing was allowed. You can close this page.</p>`,
  })
}
