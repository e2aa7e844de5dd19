/** A pooler and its mode are found by what its connections do, whatever its name and port. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { poolerAt } from '../../../../scripts/local/postgres/pooler.ts'
import { type PgBouncer, startPgBouncer } from '../../../../scripts/measure/pgbouncer.ts'
import { pgBouncerMissing } from '../../../support/servers/pgbouncer.ts'
import { createDatabase, postgres15Missing } from '../../../support/servers/postgres15.ts'

describe.skipIf(postgres15Missing() || pgBouncerMissing())('what stands before a database', () => {
  let url: URL
  const poolers: PgBouncer[] = []

  beforeAll(async () => {
    url = new URL(await createDatabase())
  })
  afterAll(async () => {
    for (const { stop } of poolers) await stop()
  })

  test('nothing, where the URL leads to the server', async () => {
    expect(await poolerAt(url.href)).toBe('none')
  })

  test.each([
    ['session', 4],
    ['session', 1],
    ['transaction', 4],
    ['transaction', 1],
  ] as const)('a pooler in %s mode with %i connections', async (poolMode, poolSize) => {
    const users = { [url.username]: decodeURIComponent(url.password) }
    const server = { host: url.hostname, port: Number(url.port) }
    const pooler = await startPgBouncer(server, users, { poolMode, poolSize })
    poolers.push(pooler)
    expect(await poolerAt(Object.assign(new URL(url), { port: String(pooler.port) }).href)).toBe(poolMode)
  })

  test('a server that lets nobody in tells nothing', async () => {
    expect(await poolerAt(Object.assign(new URL(url), { password: 'wrong' }).href)).toBeUndefined()
  })
})
