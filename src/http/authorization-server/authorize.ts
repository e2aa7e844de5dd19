/** The authorization endpoint: shows the consent page, and takes its form. */

import { type AuthorizationRequest, judgeRequest, type RequestVerdict } from './authorization-request.ts'
import type { Client } from './clients.ts'
import { FIELDS, judgeForm, type Offered } from './consent-form.ts'
import { type ConsentPageOptions, consentPage } from './consent-page.ts'
import { browserOf, cookieOf, type FormSeal, isSameOrigin, isToken, newBrowser } from './csrf.ts'
import { type Grants, randomText } from './grants.ts'
import { PATHS } from './metadata.ts'
import { problemPage } from './page.ts'
import { readForm, readParameters } from './parameters.ts'
import { withParameters } from './redirect-uri.ts'
import type { Sealer } from './sealed.ts'

export interface AuthorizationEndpoint {
  readonly clients: Sealer<Client>
  readonly forms: Sealer<FormSeal>
  readonly grants: Grants
  readonly issuer: string
  readonly resource: string
  readonly offered: Offered
  readonly users: readonly string[]
  readonly tenants: boolean
}

/** GET: checks the request and asks the person. */
export async function showConsent(request: Request, endpoint: AuthorizationEndpoint): Promise<Response> {
  const { search } = new URL(request.url)
  const verdict = await judge(search, endpoint)
  if (verdict.kind !== 'valid') return await refusedRequest(verdict, endpoint)
  return await ask({ search, browser: browserOf(request) ?? newBrowser() }, verdict.request, endpoint)
}

/** POST: the person's answer. The request in the form is checked as it was for the page. */
export async function takeConsent(request: Request, endpoint: AuthorizationEndpoint): Promise<Response> {
  const form = isSameOrigin(request) ? await readForm(request) : undefined
  const search = form?.get(FIELDS.request) ?? ''
  const browser = browserOf(request)
  if (
    form === undefined ||
    browser === undefined ||
    !(await isToken(form.get(FIELDS.csrf) ?? '', { browser, request: search }, endpoint.forms))
  ) {
    return await problemPage(
      'This answer does not come from the page',
      'The form must be sent by the page that asked, in the same browser, with cookies allowed. Go back to the application and log in again.',
      403,
    )
  }
  const verdict = await judge(search, endpoint)
  if (verdict.kind !== 'valid') return await refusedRequest(verdict, endpoint)
  const { request: asked } = verdict
  const answer = judgeForm(form, offeredFor(asked, endpoint.offered))
  switch (answer.kind) {
    case 'denied':
      return sendBack(asked, endpoint, { error: 'access_denied', error_description: 'The user said no' })
    case 'incomplete':
      return await ask({ search, browser, sent: { form, reason: answer.reason } }, asked, endpoint)
    case 'allowed': {
      const { clientId, redirectUri, challenge, resource } = asked
      const grant = { ...answer.choice, clientId, redirectUri, challenge, resource, id: randomText() }
      return sendBack(asked, endpoint, { code: endpoint.grants.issueCode(grant) })
    }
  }
}

async function judge(
  search: string,
  { clients, resource, offered }: AuthorizationEndpoint,
): Promise<RequestVerdict> {
  const parameters = readParameters(new URLSearchParams(search))
  const clientId = parameters?.get('client_id')
  const client = clientId === undefined ? undefined : await clients.open(clientId)
  return judgeRequest(parameters, { client, resource, scopes: offered.scopes })
}

function refusedRequest(
  verdict: Exclude<RequestVerdict, { kind: 'valid' }>,
  endpoint: AuthorizationEndpoint,
): Response | Promise<Response> {
  if (verdict.kind === 'unusable') return problemPage('This login cannot go on', verdict.reason)
  const { error, description } = verdict
  return sendBack(verdict, endpoint, { error, error_description: description })
}

/** With `iss`, which tells the client whose answer it is (RFC 9207). */
function sendBack(
  { redirectUri, state }: { readonly redirectUri: string; readonly state: string | undefined },
  { issuer }: AuthorizationEndpoint,
  parameters: Readonly<Record<string, string>>,
): Response {
  const location = withParameters(redirectUri, { ...parameters, state, iss: issuer })
  // 303: the form is not sent on. The address holds a code, which no other site may see.
  return new Response(null, {
    status: 303,
    headers: { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' },
  })
}

/** A URL with `?read_only=true` offers no scope that writes. */
function offeredFor({ readOnly }: AuthorizationRequest, offered: Offered): Offered {
  return readOnly ? { ...offered, scopes: offered.readingScopes } : offered
}

async function ask(
  { search, browser, ...sent }: { search: string; browser: string } & Pick<ConsentPageOptions, 'sent'>,
  request: AuthorizationRequest,
  { forms, offered, users, tenants }: AuthorizationEndpoint,
): Promise<Response> {
  return await consentPage({
    ...sent,
    ...{ request, users, tenants },
    hidden: { request: search, csrf: await forms.seal({ browser, request: search }) },
    action: PATHS.authorize,
    offered: offeredFor(request, offered),
    headers: { 'Set-Cookie': cookieOf(browser, PATHS.authorize) },
  })
}
