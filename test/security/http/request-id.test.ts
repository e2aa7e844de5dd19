/** The name of a request in the log is Cloudflare's only where Cloudflare gave it. */

import { expect, test } from 'vitest'
import { requestIdOf } from '../../../src/http/request-id.ts'

const RAY = '0123456789abcdef-LHR'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4/

function idOf(ray: string, environment: 'production' | 'development', cf?: object): string {
  const request = new Request('http://localhost/mcp', { headers: { 'cf-ray': ray } })
  // The platform's addition to the standard's Request.
  if (cf !== undefined) Object.assign(request, { cf })
  return requestIdOf({ requestId: undefined }, request, environment)
}

test("behind Cloudflare it is Cloudflare's", () => {
  expect(idOf(RAY, 'production', { colo: 'LHR' })).toBe(RAY)
})

test.each([
  ['a workerd of one’s own, which gives no `cf`', 'production', undefined],
  ['wrangler dev, which makes up a `cf`', 'development', { colo: 'DFW' }],
  ['a development server without it', 'development', undefined],
] as const)('a client’s own is not taken by %s', (_, environment, cf) => {
  expect(idOf(RAY, environment, cf)).toMatch(UUID)
})

test.each(['', 'x', `${RAY}\u00e9`, `${RAY}-`, '0123456789ABCDEF', `${RAY}, ${RAY}`])(
  'nor is one of another form: %j',
  (ray) => {
    expect(idOf(ray, 'production', { colo: 'LHR' })).toMatch(UUID)
  },
)
