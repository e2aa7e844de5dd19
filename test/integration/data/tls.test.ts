/**
 * Redis, MySQL and MongoDB by TLS, in workerd: whose certificate is not trusted is refused, and so is who
 * offers no TLS.
 */

import { copyFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { applyMySqlMigrations } from '../../../scripts/local/mysql/migrations.ts'
import { expectUnavailable } from '../../support/faults/outage.ts'
import { startTap, type Tap } from '../../support/faults/recording-proxy.ts'
import { type EngineServer, startEngineServer } from '../../support/product/engine-server.ts'
import { runRowgate } from '../../support/product/script.ts'
import {
  type Authority,
  type Certificate,
  startAuthority,
} from '../../support/servers/certificate-authority.ts'
import { type MariaDb, mariaDbMissing, startMariaDb } from '../../support/servers/mariadb.ts'
import { type LocalMongo, startLocalMongo } from '../../support/servers/mongodb.ts'
import { redisMissing, startRedis, type TestRedis } from '../../support/servers/redis.ts'
import { absent } from '../../support/skip-without.ts'
import { SOON_MS } from '../../support/timeouts.ts'

// Hoisted above the imports: wrangler reads whom to trust when it is loaded.
const authority = await vi.hoisted(async () =>
  (await import('../../support/servers/certificate-authority.ts')).startTrustedAuthority(),
)

/** In a URL this is another machine than 127.0.0.1; to Linux it is the same one. */
const ELSEWHERE = '0.0.0.0'
/**
 * And so is this, in Node: a name, of which it makes 127.0.0.1 before it looks for it among a certificate's.
 */
const ELSEWHERE_BY_NAME = '127.1'
const NAMES = `IP:127.0.0.1,IP:${ELSEWHERE},DNS:127.0.0.1`

/** First bytes of a conversation by TLS: a handshake's record. */
const HANDSHAKE = Buffer.from([0x16, 0x03])
/** MySQL's client asks for TLS first, in a packet that says what it can do and nothing else. */
const TLS_REQUEST_BYTES = 36
/**
 * Among the abilities in MySQL's greeting, which follow its version, a number, 8 bytes of a nonce and a zero.
 */
const CAN_TLS = 0x08
const VERSION_AT = 5
const FROM_VERSION_TO_ABILITIES = 1 + 4 + 8 + 1 + 1

const PERSON = { name: 'Ada', email: 'ada@example.com' }
/**
 * None of what is said can be read: no login, no command, no name, no value. Random bytes hold none of these
 * either.
 */
const WORDS = /hunter2|worker|owner|select|product|redis\.call|saslStart|rowgate|example/i

interface Engine {
  readonly call: [tool: string, args: object]
  readonly tap: Tap
  /** Default target of the tap, and a server that offers no TLS. */
  readonly secure: Parameters<Tap['lead']>
  readonly plain: Parameters<Tap['lead']>
  /** Bytes on the wire before TLS begins. */
  readonly before: number
}

const noExamples = absent('products', 'people', 'cache')

describe.skipIf(noExamples || authority === undefined || redisMissing() || mariaDbMissing())('by TLS', () => {
  let trusted: Authority
  let stranger: Authority
  let good: Certificate
  /** The files that the servers read. */
  let shown: Certificate
  let redis: TestRedis
  let mysql: MariaDb
  let mongo: LocalMongo
  let plainMongo: LocalMongo
  let toMySql: Tap
  let engines: Engine[]
  let rowgate: EngineServer

  beforeAll(async () => {
    if (authority === undefined) throw new Error('Then all of this is skipped.')
    trusted = authority
    stranger = await startAuthority()
    good = await trusted.issue(NAMES)
    shown = await trusted.issue(NAMES)
    redis = await startRedis(shown)
    mysql = await startMariaDb(shown)
    mongo = await startLocalMongo(shown)
    plainMongo = await startLocalMongo()
    await applyMySqlMigrations(mysql.ownerUrl, ['products'])
    await mysql.root.query('set global require_secure_transport = on')
    const [toRedis, toMongo] = [await startTap(), await startTap()]
    toMySql = await startTap()
    engines = [
      {
        call: ['get_cached_data', { key: 'a' }],
        tap: toRedis,
        secure: [redis.tlsPort],
        plain: [redis.port],
        before: 0,
      },
      {
        call: ['search_products', {}],
        tap: toMySql,
        secure: [mysql.port],
        plain: [mysql.port, withoutTls],
        before: TLS_REQUEST_BYTES,
      },
      {
        call: ['find_users_mongo', {}],
        tap: toMongo,
        secure: [mongo.port],
        plain: [plainMongo.port],
        before: 0,
      },
    ]
    rowgate = await startEngineServer({
      REDIS_URL: `rediss://:${redis.password}@127.0.0.1:${toRedis.port}`,
      MYSQL_URL: mysql.url.replace(`127.0.0.1:${mysql.port}`, `${ELSEWHERE}:${toMySql.port}`),
      MONGODB_URL: `${mongo.url.replace(String(mongo.port), String(toMongo.port))}?tls=true`,
    })
  })
  afterAll(async () => {
    await rowgate?.close()
    for (const { tap } of engines ?? []) await tap.close()
    for (const server of [redis, mysql, mongo, plainMongo, stranger, trusted]) await server?.close()
  })

  async function show({ cert, key }: Certificate): Promise<void> {
    await copyFile(cert, shown.cert)
    await copyFile(key, shown.key)
    await Promise.all([redis, mysql, mongo].map((server) => server.reloadCertificate()))
  }

  const onEach = (rule: (engine: Engine, answer: ReturnType<EngineServer['call']>) => Promise<void>) =>
    Promise.all(engines.map((engine) => rule(engine, rowgate.call('ada', ...engine.call))))

  // Each rule begins with servers that are trusted, and with a circuit that has forgotten the last one's
  // faults.
  beforeEach(async () => {
    await show(good)
    for (const { tap, secure } of engines) tap.lead(...secure)
    await onEach(async ({ tap }, answer) => {
      expect((await answer).status).toBe('success')
      tap.heard()
    })
  })

  test('each engine does its work, and nothing of it can be read on the way', async () => {
    await rowgate.call('ada', 'cache_data', { key: 'a', value: 'hunter2' })
    expect((await rowgate.call('ada', 'get_cached_data', { key: 'a' })).data.value).toBe('hunter2')
    expect((await rowgate.call('ada', 'redis_stats')).data.keys).toBe(1)
    expect((await rowgate.call('ada', 'delete_cached_data', { key: 'a' })).data.deleted).toBe(true)
    await rowgate.call('ada', 'add_product', { name: 'hunter2', category: 'shop', price: '1' })
    expect((await rowgate.call('ada', 'search_products', { text: 'hunter2' })).data.row_count).toBe(1)
    expect((await rowgate.call('ada', 'create_user_mongo', PERSON)).data).toMatchObject(PERSON)
    expect((await rowgate.call('ada', 'find_users_mongo', { query: PERSON })).data.row_count).toBe(1)
    for (const { tap, before } of engines) expectTlsAfter(before, tap.heard())
  })

  test('six parallel calls of two users on each leave no connection open', async () => {
    const before = await mysql.abandoned()
    const users = ['ada', 'bob', 'ada', 'bob', 'ada', 'bob']
    const calls = engines.flatMap(({ call }) => users.map((user) => rowgate.call(user, ...call)))
    for (const { status } of await Promise.all(calls)) expect(status).toBe('success')
    await mysql.idle()
    expect(await mysql.abandoned()).toBe(before)
    await vi.waitFor(
      async () => expect([await redis.visitors(), mongo.connections()]).toEqual([0, 0]),
      SOON_MS,
    )
  })

  test.each([
    ['that another authority signed', () => stranger.issue(NAMES)],
    ['for another name', () => trusted.issue('DNS:db.example.com,IP:127.0.0.2')],
  ])('a server with a certificate %s is UNAVAILABLE', async (_, issue) => {
    await show(await issue())
    await onEach(async (_, answer) => expectUnavailable(answer))
  })

  test('a server that offers no TLS is UNAVAILABLE, and told nothing in the clear', async () => {
    for (const { tap, plain } of engines) tap.lead(...plain)
    await onEach(async ({ tap, before }, answer) => {
      await expectUnavailable(answer)
      // MySQL's greeting says that there is none, so that nothing is asked.
      if (before > 0) expect(tap.heard()).toHaveLength(0)
      else expectTlsAfter(0, tap.heard())
    })
  })

  test('a server that falls silent in the handshake is UNAVAILABLE soon', async () => {
    for (const { tap, secure, before } of engines)
      tap.lead(secure[0], (piece, nth) => (before > 0 && nth === 1 ? piece : Buffer.alloc(0)))
    await onEach(async (_, answer) => expectUnavailable(answer))
  })

  test('the migrations of MySQL reach a server elsewhere in the same way', async () => {
    const MYSQL_OWNER_URL = mysql.ownerUrl.replace(/127.*:\d+/, `${ELSEWHERE_BY_NAME}:${toMySql.port}`)
    const migrate = (NODE_EXTRA_CA_CERTS: string) =>
      runRowgate(['migrate', '--examples'], { MYSQL_OWNER_URL, NODE_EXTRA_CA_CERTS, DATABASE_OWNER_URL: '' })
        .finished
    const done = await migrate(trusted.cert)
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toMatch(/up to date/)
    expectTlsAfter(TLS_REQUEST_BYTES, toMySql.heard())
    expect(await migrate('')).toMatchObject({ code: 1 })
    await show(await trusted.issue('DNS:db.example.com'))
    expect(await migrate(trusted.cert)).toMatchObject({ code: 1 })
    toMySql.heard()
    toMySql.lead(mysql.port, withoutTls)
    expect(await migrate(trusted.cert)).toMatchObject({ code: 1 })
    expect(toMySql.heard()).toHaveLength(0)
  })
})

function expectTlsAfter(before: number, heard: Buffer): void {
  expect(heard.subarray(before, before + HANDSHAKE.length)).toEqual(HANDSHAKE)
  expect(heard.toString('latin1')).not.toMatch(WORDS)
}

/** MySQL's greeting without the ability, as an attacker on the way would send it. */
function withoutTls(greeting: Buffer, nth: number): Buffer {
  if (nth > 1) return greeting
  const changed = Buffer.from(greeting)
  const at = changed.indexOf(0, VERSION_AT) + FROM_VERSION_TO_ABILITIES
  changed[at] = (changed[at] ?? 0) & ~CAN_TLS
  return changed
}
