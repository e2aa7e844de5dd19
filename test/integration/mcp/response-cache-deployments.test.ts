/** Two deployments that share a response-cache store: neither serves the other's results. */

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { startEmbedded, type TestDatabase } from '../../support/servers/databases.ts'
import { redisMissing, startRedis, type TestRedis } from '../../support/servers/redis.ts'
import { absent } from '../../support/skip-without.ts'
import { SOON_MS } from '../../support/timeouts.ts'

/** A store that takes longer is passed by, which on a busy machine would be any. */
const STORE_WAIT_MS = 3_000

describe.skipIf(absent('sql') || redisMissing())('deployments with one key, login and Redis', () => {
  let redis: TestRedis
  let one: TestDatabase
  let other: TestDatabase
  const rowgates: Rowgate[] = []
  beforeAll(async () => {
    redis = await startRedis()
    one = await startEmbedded()
    other = await startEmbedded()
    expect(other.settings.databaseUrl).toBe(one.settings.databaseUrl)
    for (const { endpoint, login } of [one, other]) {
      await endpoint.owner('create schema annex')
      await endpoint.owner('create table annex.things (id integer)')
      await endpoint.owner(`grant usage on schema annex to ${login}`)
      await endpoint.owner(`grant select on annex.things to ${login}`)
    }
    await other.endpoint.owner('create table public.elsewhere (id integer)')
    await other.endpoint.owner(`grant select on public.elsewhere to ${other.login}`)
  })
  afterAll(async () => {
    for (const rowgate of rowgates) await rowgate.close()
    await one?.close()
    await other?.close()
    await redis?.close()
  })

  async function deploy(database: TestDatabase, env: Record<string, string>): Promise<Rowgate> {
    const rowgate = await startRowgate({
      database: async () => ({ ...database, close: async () => undefined }),
      env: { ...env, REDIS_URL: redis.url, CACHE_WAIT_MS: String(STORE_WAIT_MS) },
    })
    rowgates.push(rowgate)
    return rowgate
  }

  async function tables(rowgate: Rowgate): Promise<{ names: string[]; status: unknown }> {
    const client = await rowgate.client('ada')
    const { structuredContent, _meta } = await client.callTool({ name: 'list_tables', arguments: {} })
    await client.close()
    await rowgate.settled()
    const { columns, rows } = Object(structuredContent).data
    return {
      names: rows.map((row: unknown[]) => row[columns.indexOf('name')]),
      status: Object(_meta?.['rowgate/cache']).status,
    }
  }

  test('share what is alike, and no catalogue where the schemas or the endpoint are others', async () => {
    const env = { SQL_SCHEMAS: 'public,annex' }
    const first = await tables(await deploy(one, env))
    expect(first.names.join()).toContain('annex.')
    const twin = await deploy(one, env)
    await vi.waitFor(async () => expect((await tables(twin)).status).toBe('hit'), SOON_MS)

    const narrow = await tables(await deploy(one, { SQL_SCHEMAS: 'public' }))
    expect(narrow.status).toBe('miss')
    expect(narrow.names.join()).not.toContain('annex.')

    const elsewhere = await tables(await deploy(other, env))
    expect(elsewhere.status).toBe('miss')
    expect(elsewhere.names.join()).toContain('elsewhere')
  })
})
