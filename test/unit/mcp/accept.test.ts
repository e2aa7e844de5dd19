/** An answer comes in a form that the client takes, however it spells that. */

import { describe, expect, it } from 'vitest'
import { readAccept } from '../../../src/mcp/accept.ts'
import { send } from './fixture.ts'
import { type Era, message, read } from './messages.ts'

const ERAS: Era[] = ['2026-07-28', '2025-11-25']
const PROGRESS = { progressToken: 1 }

async function ask(era: Era, accept: string | undefined, tool = 'echo', meta = {}) {
  const { request, body } = message(era, 'tools/call', { headers: { accept }, meta }, tool)
  const served = await send(request, body)
  if (!(served instanceof Response)) throw new Error('The fixture allows the tool')
  return await read(served)
}

describe.each(ERAS)('%s', (era) => {
  it.each([
    undefined,
    '*/*',
    'application/json',
    'application/*',
    'Application/JSON, Text/Event-Stream',
    'text/event-stream;q=0.5, application/json;q=0.9',
    'application/json; charset=utf-8',
    ' application/json ,text/html',
    '*/*;q=0.1, text/event-stream;q=0',
  ])('Accept: %s is answered in JSON', async (accept) => {
    expect(await ask(era, accept)).toMatchObject({ status: 200, stream: false, messages: [{ id: 1 }] })
  })

  it.each(['text/event-stream', 'TEXT/EVENT-STREAM', 'text/*', 'application/json;q=0, text/event-stream'])(
    'Accept: %s is answered in a stream',
    async (accept) => {
      const { status, stream, messages } = await ask(era, accept)
      expect({ status, stream }).toEqual({ status: 200, stream: true })
      expect(messages.at(-1)).toMatchObject({ id: 1, result: { content: [{ type: 'text' }] } })
    },
  )

  it('a call for progress by a client that takes no stream gets its answer, and nothing else', async () => {
    const { stream, messages } = await ask(era, 'application/json', 'stepwise', PROGRESS)
    expect(stream).toBe(false)
    expect(messages).toMatchObject([{ id: 1, result: {} }])
  })

  it('a call for progress by a client that takes only a stream gets both', async () => {
    const { stream, messages } = await ask(era, 'text/event-stream', 'stepwise', PROGRESS)
    expect(stream).toBe(true)
    expect(messages.map((each) => Object.hasOwn(each as object, 'result'))).toEqual([false, false, true])
  })

  it.each(['text/html', 'application/json;q=0', 'application/xml, text/plain', '*/*;q=0'])(
    'Accept: %s is 406 with what there is, under the id of the request',
    async (accept) => {
      expect(await ask(era, accept)).toMatchObject({
        status: 406,
        messages: [{ id: 1, error: { code: 406, message: expect.stringContaining('application/json') } }],
      })
    },
  )
})

it('the more specific range decides, wherever it stands', () => {
  expect(readAccept('*/*, application/json;q=0')).toEqual({ json: false, stream: true })
  expect(readAccept('text/*;q=0, */*')).toEqual({ json: true, stream: false })
  expect(readAccept('application/json;Q=0, */*')).toEqual({ json: false, stream: true })
})
