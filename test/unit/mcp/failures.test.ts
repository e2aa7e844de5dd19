/** Failures in our words: for a model so that it can repair the call, and never with what was thrown. */

import { describe, expect, it } from 'vitest'
import { SECRET, send } from './fixture.ts'
import { type Era, message, read } from './messages.ts'

const ERAS: readonly Era[] = ['2026-07-28', '2025-11-25']

async function call(era: Era, tool: string, args: unknown = {}, failures: unknown[] = []) {
  const { request, body } = message(era, 'tools/call', { params: { arguments: args } }, tool)
  const onFailure = (_: string, thrown: unknown) => void failures.push(thrown)
  const served = await send(request, body, { onFailure })
  return served instanceof Response ? read(served) : served
}

async function errorOf(tool: string, args?: unknown) {
  const answer = await call('2026-07-28', tool, args)
  if (!('messages' in answer)) throw new Error('The scope was not the question')
  const [first] = answer.messages as { result: { structuredContent: { error: { message: string } } } }[]
  return first?.result.structuredContent.error
}

describe.each(ERAS)('%s', (era) => {
  it.each(['broken', 'odd'])('what %s throws becomes INTERNAL, and only the log hears it', async (tool) => {
    const failures: unknown[] = []
    const answer = await call(era, tool, {}, failures)
    expect(answer).toMatchObject({
      status: 200,
      messages: [{ result: { isError: true, structuredContent: { error: { code: 'INTERNAL' } } } }],
    })
    expect(JSON.stringify(answer)).not.toContain('hunter2')
    expect(String(failures[0])).toContain(SECRET)
  })

  it('our own error says its code, words and details', async () => {
    const error = { code: 'CONFLICT', message: 'It is there already.', retryable: false, details: { id: 1 } }
    expect(await call(era, 'conflict')).toMatchObject({
      messages: [{ result: { isError: true, structuredContent: { status: 'error', error } } }],
    })
  })

  it.each(['', 'next', 5, null, {}])(
    'the cursor %j, which no list ever gave, is wrong params',
    async (cursor) => {
      const { request, body } = message(era, 'tools/list', { params: { cursor } })
      const served = await send(request, body)
      if (!(served instanceof Response)) throw new Error('The scope was not the question')
      expect(await read(served)).toMatchObject({ messages: [{ id: 1, error: { code: -32602 } }] })
    },
  )

  it('a tool that the token lacks the scope for is not listed, and a call of it names the scope', async () => {
    const { request, body } = message(era, 'tools/list')
    const served = await send(request, body)
    expect(served instanceof Response && (await served.text())).not.toContain('locked')
    expect(await call(era, 'locked')).toEqual({ missingScopes: ['unit:more'] })
  })

  it('a call of it is stopped on the SDK’s way as well', async () => {
    const { request, body } = message(era, 'tools/call', { meta: { progressToken: 1 } }, 'locked')
    expect(await send(request, body)).toEqual({ missingScopes: ['unit:more'] })
  })
})

it('a batch is stopped when one of its calls lacks a scope', async () => {
  const body = ['echo', 'locked'].map((name, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name },
  }))
  const { request } = message('2025-11-25', 'tools/call', { body })
  expect(await send(request, body)).toEqual({ missingScopes: ['unit:more'] })
})

describe('VALIDATION_ERROR', () => {
  it.each([
    [{ text: 'hunter2' }, '`text`: may hold up to 5 characters; got a string of 7 characters.'],
    [{ list: [null] }, /`list\.0`: .*; got null\.$/],
    [{ text: 42 }, /`text`: .*; got a number\.$/],
    [{ text: ['hunter2'] }, /`text`: .*; got an array of 1\.$/],
    [{ list: [{ n: 1 }, { n: 'hunter2' }] }, /`list\.1\.n`: .*; got a string of 7 characters\.$/],
    [{ list: { length: 1 } }, /`list`: .*; got an object\.$/],
    [{ speed: 'hunter2' }, 'The arguments: unknown `speed`. Known: text, list.'],
    [{ list: [{ n: 1, m: 'hunter2' }] }, '`list.0`: unknown `m`.'],
  ])('%j is told by field, rule and shape', async (args, sentence) => {
    const error = await errorOf('echo', args)
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', retryable: false })
    expect(error?.message).toMatch(sentence)
    expect(JSON.stringify(error)).not.toContain('hunter2')
  })

  it('stays short, however long or many the wrong keys are', async () => {
    const keys = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`${n}${'k'.repeat(500)}`, 1]))
    const error = await errorOf('echo', keys)
    expect(error?.message.length).toBeLessThan(1_000)
  })

  it('names at most five fields', async () => {
    const error = await errorOf('echo', { list: Array.from({ length: 100 }, () => ({ n: 'x' })) })
    expect(error).toMatchObject({
      details: { fields: ['list.0.n', 'list.1.n', 'list.2.n', 'list.3.n', 'list.4.n'] },
    })
  })
})
