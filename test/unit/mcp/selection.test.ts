/** The URL narrows what the token allows, and can do nothing else. */

import { describe, expect, it } from 'vitest'
import { send } from './fixture.ts'
import { message, read } from './messages.ts'

async function ask(query: string, method = 'tools/list', tool = 'echo') {
  const { request, body } = message('2026-07-28', method, {}, tool)
  const served = await send(new Request(`${request.url}${query}`, request), body)
  return served instanceof Response ? read(served) : served
}

async function names(query: string): Promise<string[]> {
  const answer = await ask(query)
  if (!('messages' in answer)) throw new Error('A list needs no scope')
  const [first] = answer.messages as { result: { tools: { name: string }[] } }[]
  return first?.result.tools.map(({ name }) => name) ?? []
}

const ALL = ['echo', 'silent', 'stepwise', 'conflict', 'broken', 'odd', 'change', 'elsewhere']

describe('a selection', () => {
  it.each([
    ['', ALL],
    ['?', ALL],
    ['?read_only=false', ALL],
    ['?toolsets=unit,other', ALL],
    ['?toolsets=other,unit', ALL],
    ['?toolsets=other', ['elsewhere']],
    ['?toolsets=other%2C%20other', ['elsewhere']],
    ['?read_only=true', ALL.filter((name) => name !== 'change')],
    ['?toolsets=other&read_only=true', ['elsewhere']],
  ])('%j lists what is left', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })

  it.each([
    '?toolsets=',
    '?toolsets=,',
    '?toolsets=nothing',
    '?toolsets=unit,nothing',
    '?toolsets=UNIT',
    '?toolsets=__proto__',
    '?toolsets=*',
    '?toolsets=unit&toolsets=other',
    '?read_only=',
    '?read_only=1',
    '?read_only=TRUE',
    '?read_only=false&read_only=true',
    '?scopes=unit:more',
    '?Read_only=true',
    '?read%5Fonly',
    `?${'x'.repeat(5_000)}=1`,
    '?toolsets=%00',
  ])('%j is a 400 that says what is known', async (query) => {
    const answer = await ask(query)
    expect(answer).toMatchObject({ status: 400, messages: [{ id: 1, error: { code: -32602 } }] })
    expect(JSON.stringify(answer)).toMatch(/Known: |is given twice|is `true` or `false`/)
    expect(JSON.stringify(answer).length).toBeLessThan(400)
  })

  it('gives no scope that the token lacks', async () => {
    expect(await ask('?toolsets=unit', 'tools/call', 'locked')).toEqual({ missingScopes: ['unit:more'] })
  })

  it.each([
    ['?toolsets=other', 'echo'],
    ['?read_only=true', 'change'],
    ['?toolsets=other', 'locked'],
  ])('%s: %s is unknown, as if there were no such tool', async (query, tool) => {
    const answer = await ask(query, 'tools/call', tool)
    expect(answer).toMatchObject({
      messages: [{ error: { code: -32602, message: `Unknown tool: ${tool}` } }],
    })
  })
})
