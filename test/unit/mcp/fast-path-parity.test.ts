/** The fast path never answers differently from the SDK. */

import { describe, expect, it } from 'vitest'
import { readFastPath } from '../../../src/mcp/fast-path.ts'
import { partOf } from '../../support/full.ts'
import { CORPUS } from './corpus.ts'
import { send, sendBySdk } from './fixture.ts'
import { BASES, type Bend, type Era, message, read } from './messages.ts'

async function bothWays(era: Era, method: string, bend: Bend, tool?: string) {
  const short = message(era, method, bend, tool)
  const long = message(era, method, bend, tool)
  const served = await send(short.request, short.body)
  if (!(served instanceof Response)) throw new Error('The fixture allows every tool that the corpus calls')
  const sdk = await sendBySdk(long.request, long.body)
  return { ours: await read(served), theirs: await read(sdk) }
}

describe.each(BASES.map(([era, method], index) => ({ era, method, index })))(
  '$era $method',
  ({ era, method, index }) => {
    it.each(partOf(CORPUS, { every: BASES.length, first: index }))(
      'is answered alike both ways with %s',
      async (_, bend) => {
        const { ours, theirs } = await bothWays(era, method, bend)
        expect(ours).toEqual(theirs)
      },
    )
  },
)

describe.each(['2026-07-28', '2025-11-25'] as const)('%s', (era) => {
  it.each(['echo', 'silent', 'stepwise', 'conflict', 'broken', 'odd', 'change'])(
    'tools/call %s is answered alike both ways',
    async (tool) => {
      const { ours, theirs } = await bothWays(era, 'tools/call', {}, tool)
      expect(ours).toEqual(theirs)
      expect(ours).toMatchObject({ status: 200, stream: false, messages: [{ id: 1 }] })
    },
  )
})

/** The endpoint drops it before either path; the SDK alone would refuse it. */
it.each([
  ['the fast path', {}],
  ['the SDK', { meta: { progressToken: 1 } }],
] as const)('arguments: null is as if left out on the way of %s', async (_, bend) => {
  const { request, body } = message('2026-07-28', 'tools/call', { ...bend, params: { arguments: null } })
  const answer = await send(request, body)
  if (!(answer instanceof Response)) throw new Error('The fixture allows this tool.')
  expect(JSON.stringify((await read(answer)).messages)).toContain('It says: nothing')
})

describe('the fast path', () => {
  it.each(BASES)('is taken by a plain %s %s', (era, method) => {
    const { request, body } = message(era, method)
    expect(readFastPath(request.headers, body)).toMatchObject({ modern: era === '2026-07-28', id: 1, method })
  })

  it('is taken by a fifth of the corpus at least, so that the comparison compares', () => {
    const taken = CORPUS.filter(([, bend]) => {
      const { request, body } = message('2026-07-28', 'tools/call', bend)
      return readFastPath(request.headers, body) !== undefined
    })
    expect(taken.length).toBeGreaterThan(CORPUS.length / 5)
  })
})
