/** An engine that is not configured is told of by the setting that brings it. */

import { expect, test } from 'vitest'
import { createConnect } from '../../../src/data/connect.ts'
import type { ConnectionName } from '../../../src/data/connections.ts'
import { engines } from '../../../src/data/engines.ts'
import { requestContext } from '../mcp/fixture.ts'

const settings = engines.flatMap((engine) =>
  // Object.entries forgets what the type says of the keys.
  (Object.entries(engine.settings) as [ConnectionName, string][]).map(([name, setting]) => ({
    name,
    setting,
  })),
)

test.each(settings)('$name is UNAVAILABLE, and the operator learns to set $setting', ({ name, setting }) => {
  const connect = createConnect({ openers: {}, sources: new Map(), watch: () => () => undefined })
  const call = { signal: new AbortController().signal, onEnd: () => undefined }
  const none = connect(requestContext(), 'a_tool', call)
  expect(setting).toMatch(/[A-Z]/)
  expect(() => none[name]).toThrow(
    expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining(setting) }),
  )
})

test('a connection opens once a call, when the tool first asks for it', () => {
  const opened: string[] = []
  const run = () => Promise.reject(new Error('not asked'))
  const openers = {
    maintenance: () => {
      opened.push('maintenance')
      return { run }
    },
  }
  const connect = createConnect({ openers, sources: new Map(), watch: () => () => undefined })
  const call = { signal: new AbortController().signal, onEnd: () => undefined }
  const connections = connect(requestContext(), 'a_tool', call)
  expect(opened).toEqual([])
  expect(connections.maintenance).toBe(connections.maintenance)
  expect(opened).toEqual(['maintenance'])
})
