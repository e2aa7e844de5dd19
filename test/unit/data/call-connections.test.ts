/** An engine that is not configured is told of by the setting that brings it. */

import { expect, test } from 'vitest'
import { CallConnections } from '../../../src/data/call-connections.ts'
import { ENGINES } from '../../../src/data/connections.ts'
import { caller } from '../../support/servers/databases.ts'

const SETTINGS = {
  postgres: 'DATABASE_URL',
  mysql: 'MYSQL_URL or HYPERDRIVE_MYSQL',
  d1: 'the binding DB',
  mongodb: 'MONGODB_URL',
  redis: 'REDIS_URL',
  owner: 'DATABASE_OWNER_URL',
}

test.each(ENGINES)('%s is UNAVAILABLE, and the operator learns what to set', (engine) => {
  const none = new CallConnections(
    {},
    { embedder: { model: 'none', embed: async () => [] }, sqlSchemas: [], health: () => Promise.reject() },
    caller('ada'),
    {
      signal: new AbortController().signal,
      deadline: Number.POSITIVE_INFINITY,
      onEnd: () => undefined,
      observe: () => undefined,
      traceId: undefined,
    },
  )
  expect(() => none[engine]).toThrow(
    expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining(SETTINGS[engine]) }),
  )
})
