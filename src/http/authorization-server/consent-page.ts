/** The consent page: which application asks, who to be, and what it may do. */

import type { AuthorizationRequest } from './authorization-request.ts'
import { FIELDS, type Offered, OTHER_USER } from './consent-form.ts'
import { type Html, html, page } from './page.ts'
import { cspSourceOf, destinationOf, isOnThisComputer } from './redirect-uri.ts'

export interface ConsentPageOptions {
  readonly request: AuthorizationRequest
  /** The request as it came, and its token. */
  readonly hidden: { readonly request: string; readonly csrf: string }
  readonly action: string
  readonly offered: Offered
  /** The names to choose from. */
  readonly users: readonly string[]
  /** Whether a tenant can be chosen: tokens name one. */
  readonly tenants: boolean
  /** The form as the person sent it before, and what to correct in it. */
  readonly sent?: { readonly form: URLSearchParams; readonly reason: string }
  readonly headers: Readonly<Record<string, string>>
}

export function consentPage(options: ConsentPageOptions): Promise<Response> {
  const { request, action, hidden, sent } = options
  const destination = destinationOf(request.redirectUri)
  const title = `Allow ${request.client.name} to use Rowgate?`
  return page({
    title: sent === undefined ? title : `Please correct: ${title}`,
    status: sent === undefined ? 200 : 400,
    formAction: cspSourceOf(request.redirectUri),
    headers: options.headers,
    body: html`<h1>${title}</h1>
${sent !== undefined && html`<p class="warning" role="alert">${sent.reason}</p>`}
<p>An application that calls itself <strong>${request.client.name}</strong> asks to use
<code>${request.resource}</code>. Your answer goes to <strong>${destination}</strong>.</p>
${
  !isOnThisComputer(request.redirectUri) &&
  html`<p class="warning">This is a site on the internet. Allow only if you came from there.</p>`
}
<form method="post" action="${action}">
<input type="hidden" name="${FIELDS.request}" value="${hidden.request}">
<input type="hidden" name="${FIELDS.csrf}" value="${hidden.csrf}">
${identityFields(options)}
${scopeFields(options)}
<div class="actions">
<button class="primary" name="${FIELDS.decision}" value="allow">Allow</button>
<button name="${FIELDS.decision}" value="deny">Deny</button>
</div>
</form>
<p class="note">This login is for development on this computer: it asks for no password. Used codes, used refresh
tokens and logouts are remembered until the server stops.</p>`,
  })
}

function identityFields({ users, tenants, offered, sent }: ConsentPageOptions): Html {
  const chosen = sent?.form.get(FIELDS.user) ?? users[0]
  const typed = sent?.form.get(FIELDS.otherUser) ?? ''
  const tenant = sent?.form.get(FIELDS.tenant) ?? offered.defaultTenant
  const radio = (value: string, label: string) =>
    html`<label><input type="radio" name="${FIELDS.user}" value="${value}"${checked(value === chosen)}> ${label}</label>
`
  return html`<fieldset>
<legend>Who do you want to be?</legend>
${users.map((user) => radio(user, user))}
${radio(OTHER_USER, 'Another name')}
<label class="field">The other name
<input type="text" name="${FIELDS.otherUser}" value="${typed}" maxlength="255" autocomplete="off" autocapitalize="off"
spellcheck="false"></label>
${
  tenants &&
  html`<label class="field">Tenant
<input type="text" name="${FIELDS.tenant}" value="${tenant}" maxlength="255" autocomplete="off" autocapitalize="off"
spellcheck="false"></label>`
}
</fieldset>`
}

function scopeFields({ request, offered, sent }: ConsentPageOptions): Html {
  const asked = new Set(request.scopes ?? offered.readingScopes)
  const ticked = new Set(
    sent?.form.getAll(FIELDS.scope) ?? offered.readingScopes.filter((scope) => asked.has(scope)),
  )
  const readOnly = sent?.form.get(FIELDS.readOnly) === 'on'
  const reading = offered.scopes.filter((scope) => offered.readingScopes.includes(scope))
  const writing = offered.scopes.filter((scope) => !offered.readingScopes.includes(scope))
  const box = (scope: string) => {
    const mark = request.scopes !== undefined && asked.has(scope)
    return html`<label><input type="checkbox" name="${FIELDS.scope}" value="${scope}"${checked(ticked.has(scope))}>
<span>${scope}${mark && html` <span class="note">(asked for)</span>`}</span></label>
`
  }
  const group = (legend: string, scopes: readonly string[]) =>
    scopes.length > 0 &&
    html`<fieldset>
<legend>${legend}</legend>
<div class="scopes">
${scopes.map(box)}</div>
</fieldset>
`
  return html`${group('What may it read?', reading)}${group('What may it change?', writing)}${
    writing.length > 0 &&
    html`<p><label><input type="checkbox" name="${FIELDS.readOnly}" value="on"${checked(readOnly)}>
Read only: allow no change, whatever is ticked</label></p>`
  }`
}

function checked(is: boolean): Html {
  return is ? html` checked` : html``
}
