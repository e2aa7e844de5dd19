/** Calls while MySQL is down, slow, cut off, foreign or not set up; and that nothing stays open. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../../scripts/check/free-port.ts'
import { listen } from '../../../../scripts/check/listen.ts'
import { applyMySqlMigrations } from '../../../../scripts/local/mysql/migrations.ts'
import { type EngineServer, startEngineServer } from '../../../support/product/engine-server.ts'
import { PROJECT } from '../../../support/product/project-copy.ts'
import { type MariaDb, mariaDbMissing, startMariaDb } from '../../../support/servers/mariadb.ts'
import { absent } from '../../../support/skip-without.ts'

/** Short, so that a call which waits in vain gives up while the test waits. */
const REQUEST_TIMEOUT_MS = '4000'
/** The number of the error with which MySQL, or MariaDB, stops a statement. */
const TOOK_TOO_LONG = process.env.MYSQLD ? 3024 : 1969

async function withWorker<T>(url: string, work: (rowgate: EngineServer) => Promise<T>): Promise<T> {
  const rowgate = await startEngineServer({ MYSQL_URL: url })
  try {
    return await work(rowgate)
  } finally {
    await rowgate.close()
  }
}

describe.skipIf(absent('products', 'notebook'))('a server that is not there', () => {
  test('is UNAVAILABLE and worth another try, and the other toolsets go on', async () => {
    await withWorker(`mysql://u:p@127.0.0.1:${await freePort()}/shop`, async (rowgate) => {
      await rowgate.server.getWorker().applyD1Migrations('DB')
      const { error } = await rowgate.call('ada', 'search_products')
      expect(error).toEqual({
        code: 'UNAVAILABLE',
        message: 'MySQL cannot be reached; try again shortly.',
        retryable: true,
      })
      expect((await rowgate.call('ada', 'get_tasks')).status).toBe('success')
    })
  })

  test('opens its circuit: calls are refused at once with the time to wait, and no other engine’s are', async () => {
    const port = await freePort()
    await withWorker(`mysql://u:p@127.0.0.1:${port}/shop`, async (rowgate) => {
      await rowgate.server.getWorker().applyD1Migrations('DB')
      let refused: unknown
      for (let calls = 0; calls < 20 && refused === undefined; calls += 1) {
        const { error } = await rowgate.call('ada', 'search_products')
        if (JSON.stringify(error).includes('retry_after')) refused = error
      }
      expect(refused).toEqual({
        code: 'UNAVAILABLE',
        message: 'MySQL has failed repeatedly, so calls to it are refused for a moment; try again shortly.',
        retryable: true,
        details: { retry_after: expect.any(Number) },
      })
      expect((await rowgate.call('ada', 'get_tasks')).status).toBe('success')
    })
  })

  test('but whose port accepts and says nothing is not waited for until the request’s end', async () => {
    const silent = createServer()
    const port = await listen(silent)
    await withWorker(`mysql://u:p@127.0.0.1:${port}/shop`, async (rowgate) => {
      const { error } = await rowgate.call('ada', 'search_products')
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
    })
    silent.close()
  })
})

describe.skipIf(absent('products') || mariaDbMissing())('a server that is there', () => {
  let mariadb: MariaDb
  let rowgate: EngineServer
  let product_id: string
  beforeAll(async () => {
    mariadb = await startMariaDb()
    await applyMySqlMigrations(mariadb.ownerUrl, ['products'])
    rowgate = await startEngineServer({ MYSQL_URL: mariadb.url, REQUEST_TIMEOUT_MS })
    const given = { name: 'drill', category: 'tools', price: '1', stock: 5 }
    product_id = (await rowgate.call('ada', 'add_product', given)).data.id
  })
  afterAll(async () => {
    await rowgate?.close()
    await mariadb?.close()
  })

  const sell = () => rowgate.call('ada', 'update_stock', { product_id, change: -1 })
  const stock = async () => (await rowgate.call('ada', 'get_product', { product_id })).data?.stock

  test('and refuses the password says whose affair that is, and nothing of what the server said', async () => {
    const wrong = Object.assign(new URL(mariadb.url), { password: 'hunter2' }).href
    await withWorker(wrong, async (other) => {
      const { error } = await other.call('ada', 'search_products')
      expect(error).toEqual({
        code: 'UNAVAILABLE',
        message: 'MySQL refused the login; its operator has to check MYSQL_URL or HYPERDRIVE_MYSQL.',
        retryable: false,
        details: { errno: 1045 },
      })
    })
  })

  test('and has no tables says what its operator has to run', async () => {
    await mariadb.root.query('create database bare; grant all on bare.* to worker')
    await withWorker(Object.assign(new URL(mariadb.url), { pathname: '/bare' }).href, async (other) => {
      const { error } = await other.call('ada', 'search_products')
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: false })
      expect(error?.message).toContain('npm run db:migrate')
    })
  })

  test('and is slow stops the statement itself before the request is over', async () => {
    await mariadb.root.query('lock tables shop.products write')
    const { error } = await rowgate.call('ada', 'search_products')
    expect(error).toMatchObject({ code: 'QUERY_TIMEOUT', details: { errno: TOOK_TOO_LONG } })
    await mariadb.root.query('unlock tables')
    await mariadb.idle()
  })

  test('and keeps a row locked lets the writer give up, and nothing is changed', async () => {
    await mariadb.root.query('begin; select * from shop.products for update')
    const { error } = await sell()
    expect(['CONFLICT', 'QUERY_TIMEOUT']).toContain(error?.code)
    await mariadb.root.query('rollback')
    await mariadb.idle()
    expect(await stock()).toBe(5)
  })

  test('and hangs is left when the time is over, and its connections are gone when it wakes', async () => {
    const hung = mariadb.root.query('lock tables shop.products write').then(async () => {
      const call = sell()
      await mariadb.busy()
      mariadb.freeze()
      return await call
    })
    const { error } = await hung
    expect(error).toMatchObject({ code: 'QUERY_TIMEOUT', retryable: false })
    mariadb.thaw()
    await mariadb.root.query('unlock tables')
    await mariadb.idle()
    expect(await stock()).toBe(5)
  })

  test('and ends a deadlock at the writer’s cost is sent the change again, and makes it once', async () => {
    const { root } = mariadb
    // Whoever has changed less is undone; the writer waits for the row and has changed nothing yet.
    await root.query('create table shop.weights (n int)')
    await root.query('begin; insert into shop.weights values (1), (2), (3), (4), (5), (6), (7), (8)')
    await root.query('select * from shop.products lock in share mode')
    const call = sell()
    await mariadb.busy()
    await root.query('select * from shop.products for update')
    await root.query('rollback')
    expect((await call).data?.stock).toBe(4)
    expect(await stock()).toBe(4)
  })

  test('whatever its modes are, reads a quoted value as it was meant', async () => {
    await mariadb.root.query("set global sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'")
    const text = "\\' or 1=1 -- x"
    const made = await rowgate.call('ada', 'add_product', { name: text, category: "it's", price: '1' })
    expect(made.data).toMatchObject({ name: text, category: "it's" })
    const { data } = await rowgate.call('ada', 'search_products', { category: text })
    expect(data.row_count).toBe(0)
    await mariadb.root.query('set global sql_mode = default')
  })

  test('is reached through a Hyperdrive binding, which wins over the URL', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rowgate-hyperdrive-'))
    const config = (await readFile(`${PROJECT}/wrangler.toml`, 'utf8'))
      .replace('main = "src/', `main = "${PROJECT}/src/`)
      .replace('base_dir = "', `base_dir = "${PROJECT}/`)
      .replace('directory = "', `directory = "${PROJECT}/`)
    const binding = `[[hyperdrive]]\nbinding = "HYPERDRIVE_MYSQL"\nid = "local"\nlocalConnectionString = "${mariadb.url}"\n`
    await writeFile(join(folder, 'wrangler.toml'), `${config}\n${binding}`)
    const other = await startEngineServer(
      { MYSQL_URL: 'mysql://u:p@127.0.0.1:1/none' },
      join(folder, 'wrangler.toml'),
    )
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => other.call('ada', 'get_product', { product_id })),
    )
    for (const { data } of answers) expect(data.name).toBe('drill')
    await other.close()
    await rm(folder, { recursive: true })
    await mariadb.idle()
  })

  test('and is killed in mid-call is UNAVAILABLE, and worth another try', async () => {
    await mariadb.root.query('lock tables shop.products write')
    const call = sell()
    await mariadb.busy()
    await mariadb.kill()
    expect((await call).error).toEqual({
      code: 'UNAVAILABLE',
      message: 'MySQL cannot be reached; try again shortly.',
      retryable: true,
    })
  })
})
