/** A legacy batch costs what its messages would cost one by one, and is answered within a limit. */

import { expect, it } from 'vitest'
import type { EndpointParts } from '../../../src/mcp/endpoint-parts.ts'
import { makeTool, send, sendBatchTo } from './fixture.ts'
import { message } from './messages.ts'

const ERA = '2025-11-25'

/** The count of a request's messages, and its refusal once that is more than is left. */
async function costOf(body: unknown): Promise<unknown> {
  const costs: unknown[] = []
  const rateLimits: EndpointParts['rateLimits'] = {
    consume: (_, calls) => {
      costs.push(calls)
      return false
    },
    acquire: () => undefined,
    release: () => undefined,
  }
  const { request } = message(ERA, 'tools/list', { body, headers: { 'mcp-protocol-version': '2025-03-26' } })
  expect(await send(request, body, { rateLimits })).toEqual({ overRate: true })
  return costs
}

const list = (id: number) => ({ jsonrpc: '2.0', id, method: 'tools/list' })
const call = (id: number, name: string) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } })

it.each([
  ['a list', list(1), { read: 1, write: 0 }],
  ['a call of no tool', call(1, 'nothing'), { read: 1, write: 0 }],
  ['a ping', { jsonrpc: '2.0', id: 1, method: 'ping' }, { read: 1, write: 0 }],
  ['a write', call(1, 'change'), { read: 0, write: 1 }],
  ['a hundred lists', Array.from({ length: 100 }, (_, id) => list(id)), { read: 100, write: 0 }],
  ['a batch of all kinds', [list(1), call(2, 'change'), call(3, 'echo'), 7], { read: 3, write: 1 }],
])('%s is counted', async (_, body, cost) => {
  expect(await costOf(body)).toEqual([cost])
})

it('answers beyond a megabyte are left out, each with a word under its id, and the others are whole', async () => {
  const large = makeTool('large', { run: () => Promise.resolve('x'.repeat(100_000)) })
  const body = Array.from({ length: 40 }, (_, id) => call(id, 'large'))
  const text = await (await sendBatchTo([large], body)).text()
  expect(text.length).toBeLessThan(1_200_000)
  const answers: { id: number; result?: object; error?: object }[] = JSON.parse(text)
  expect(answers.map(({ id }) => id).sort((a, b) => a - b)).toEqual(body.map(({ id }) => id))
  expect(answers.filter(({ result }) => result !== undefined).length).toBeGreaterThan(3)
  const left = answers.filter(({ error }) => error !== undefined)
  expect(left.length).toBeGreaterThan(10)
  for (const { error } of left) {
    expect(error).toMatchObject({ code: 413, message: expect.stringMatching(/may have been done/) })
  }
})
