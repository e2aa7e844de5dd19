/**
 * A plain call is answered with JSON; one that asks for messages on the way gets them on a stream, then the
 * answer.
 */

import { describe, expect, it } from 'vitest'
import { send } from './fixture.ts'
import { type Bend, type Era, message, read } from './messages.ts'

const ERAS: readonly Era[] = ['2026-07-28', '2025-11-25']

async function call(era: Era, bend: Bend) {
  const { request, body } = message(era, 'tools/call', bend, 'stepwise')
  const served = await send(request, body)
  if (!(served instanceof Response)) throw new Error('The scope was not the question')
  return read(served)
}

describe.each(ERAS)('%s', (era) => {
  it('a plain call is one JSON answer', async () => {
    expect(await call(era, {})).toMatchObject({ status: 200, stream: false, messages: [{ id: 1 }] })
  })

  it.each(['p', 0, 'with "quotes"'])(
    'a call with the progress token %j streams every step, then the answer',
    async (progressToken) => {
      const { status, stream, messages } = await call(era, { meta: { progressToken } })
      expect({ status, stream }).toEqual({ status: 200, stream: true })
      expect(messages).toMatchObject([
        {
          method: 'notifications/progress',
          params: { progressToken, progress: 1, total: 2, message: 'step 1' },
        },
        {
          method: 'notifications/progress',
          params: { progressToken, progress: 2, total: 2, message: 'step 2' },
        },
        { id: 1, result: { structuredContent: { status: 'success', data: 'both' } } },
      ])
    },
  )
})
