/** A seal opens its caller's rows for a minute; anything that only looks like one opens nothing. */

import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasks } from '../../../../scripts/measure/tasks/table.ts'
import { seal } from '../../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../../src/infra/identity-key.ts'
import { caller, databases, IDENTITY_KEY, type TestDatabase } from '../../../support/servers/databases.ts'

const REFUSED = 'RG002'
const KEY = Buffer.from(IDENTITY_KEY.slice(3), 'base64')
const OTHER_KEY = Buffer.alloc(32, 'another ')

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64')
const hmac = (message: string, key: Uint8Array = KEY) =>
  createHmac('sha256', key).update(message).digest('hex')
const soon = () => Date.now() / 1000 + 30
const claims = (over: object = {}) => ({ sub: 'alice', tenant: 'default', scopes: [], exp: soon(), ...over })
/** Claims that a Worker with the key could send, sensible or not. */
const signed = (body: unknown, key = KEY, id = 'k1') => {
  const encoded = base64(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))
  return `${id}.${encoded}.${hmac(`seal ${encoded}`, key)}`
}
const genuine = async (userId: string, now = Date.now()) =>
  seal(caller(userId), await importIdentityKey(IDENTITY_KEY), now)

describe.each(databases)('a seal, on $engine', ({ start }) => {
  let db: TestDatabase
  /** Users whose tasks a transaction sees that was opened with this seal. */
  const seenWith = async (text: string) => {
    const rows = await db.transaction([
      ['select rowgate.enter($1, $2, $3)', [text, 'read', 5_000]],
      ['select distinct user_id from tasks'],
    ])
    return typeof rows === 'string' ? rows : rows.map((row) => row.user_id)
  }

  beforeAll(async () => {
    db = await start()
    for (const userId of ['alice', 'bob']) {
      await db
        .as(userId)
        .write((q) => [q.insert(tasks).values({ id: crypto.randomUUID(), userId, title: 'x' })])
    }
  })
  afterAll(() => db.close())

  test("shows its caller's rows and no one else's", async () => {
    expect(await seenWith(await genuine('alice'))).toEqual(['alice'])
    expect(await seenWith(await genuine('bob'))).toEqual(['bob'])
    expect(await seenWith(await genuine('carol'))).toEqual([])
    expect(await seenWith(signed(claims()))).toEqual(['alice'])
  })

  test('is refused in any form but its own, and the refusal is always the same', async () => {
    const [id = '', body = '', mac = ''] = (await genuine('alice')).split('.')
    const bobs = (await genuine('bob')).split('.')
    const flipped = (mac.startsWith('0') ? '1' : '0') + mac.slice(1)
    const forged = {
      empty: '',
      'a word': 'null',
      'dots only': '..',
      'no mac': `${id}.${body}.`,
      'no key id': `.${body}.${mac}`,
      'no claims': `${id}..${mac}`,
      'two parts': `${id}.${body}`,
      'four parts': `${id}.${body}.${mac}.x`,
      'a mac cut short': `${id}.${body}.${mac.slice(0, -1)}`,
      'a mac cut to nothing but a byte': `${id}.${body}.${mac.slice(0, 2)}`,
      'a longer mac': `${id}.${body}.${mac}0`,
      'one bit of the mac': `${id}.${body}.${flipped}`,
      'an upper-case mac': `${id}.${body}.${mac.toUpperCase()}`,
      'a newline at the end': `${id}.${body}.${mac}\n`,
      'claims cut short': `${id}.${body.slice(0, -4)}.${mac}`,
      'a space in the claims': `${id}.${body.slice(0, 8)} ${body.slice(8)}.${mac}`,
      'claims in base64url': `${id}.${body.replace(/=+$/, '')}-_.${mac}`,
      "another's claims under one's own mac": `${id}.${bobs[1]}.${mac}`,
      'another key': signed(claims(), OTHER_KEY),
      'an unknown key id': signed(claims(), KEY, 'k2'),
      'a key id that is SQL': signed(claims(), KEY, "k1' or true --"),
      'a key id of wildcards': signed(claims(), KEY, '%'),
      'a hash without a key': `${id}.${body}.${createHash('sha256').update(`seal ${body}`).digest('hex')}`,
      'an empty key': signed(claims(), Buffer.alloc(0)),
      'a key of zeros': signed(claims(), Buffer.alloc(64)),
      'a mac of the claims alone': `${id}.${body}.${hmac(body)}`,
      'a mac for the context': `${id}.${body}.${hmac(`context ${body}`)}`,
      'a JWT that names no algorithm': `${base64('{"alg":"none"}')}.${base64(JSON.stringify(claims()))}.`,
      'a JWT signed with the key': `${base64('{"alg":"HS256","kid":"k1"}')}.${body}.${mac}`,
      'more than 16 KiB': signed(claims({ sub: 'alice', more: 'x'.repeat(16_384) })),
    }
    for (const [form, text] of Object.entries(forged)) expect.soft(await seenWith(text), form).toBe(REFUSED)
    expect(
      await db.transaction([
        ['select rowgate.enter(null, $1, $2)', ['read', 5_000]],
        ['select distinct user_id from tasks'],
      ]),
    ).toBe(REFUSED)
  })

  test('is refused when its claims make no caller, even under the right key', async () => {
    const wrong = {
      'no JSON': 'alice',
      'an array': [],
      'a string': '"alice"',
      'not UTF-8': new Uint8Array([0x22, 0xff, 0xfe, 0x22]),
      'no expiry': claims({ exp: undefined }),
      'an expiry of NaN': claims({ exp: 'NaN' }),
      'an endless expiry': claims({ exp: 'Infinity' }),
      'an expiry that is text': claims({ exp: 'tomorrow' }),
      'an expiry an hour away': claims({ exp: Date.now() / 1000 + 3_600 }),
      'an expiry in milliseconds': claims({ exp: Date.now() + 30_000 }),
      'no sub': claims({ sub: undefined }),
      'an empty sub': claims({ sub: '' }),
      'a sub of 256 characters': claims({ sub: 'a'.repeat(256) }),
      'a sub that is a list': claims({ sub: ['alice'] }),
      'a sub with a NUL': claims({ sub: 'alice\u0000bob' }),
      'a sub with half a surrogate': claims({ sub: 'alice\ud800' }),
      'no tenant': claims({ tenant: null }),
      'scopes that are text': claims({ scopes: 'admin' }),
    }
    for (const [form, body] of Object.entries(wrong))
      expect.soft(await seenWith(signed(body)), form).toBe(REFUSED)
  })

  test('is refused once its minute is over', async () => {
    expect(await seenWith(await genuine('alice', Date.now() - 59_000))).toEqual(['alice'])
    expect(await seenWith(await genuine('alice', Date.now() - 60_000))).toBe(REFUSED)
  })

  test('that was good opens nothing when it is replayed after its expiry', async () => {
    const made = (lifetimeMs: number) => {
      const expiry = Date.now() + lifetimeMs
      return { expiry, text: signed(claims({ exp: expiry / 1000 })), lifetimeMs }
    }
    let brief = made(200)
    let seen = await seenWith(brief.text)
    // A machine may be too busy to use a seal in time: then the next one lives longer.
    while (seen === REFUSED && Date.now() > brief.expiry) {
      brief = made(brief.lifetimeMs * 2)
      seen = await seenWith(brief.text)
    }
    expect(seen).toEqual(['alice'])
    while (Date.now() <= brief.expiry) await seenWith(brief.text)
    expect(await seenWith(brief.text)).toBe(REFUSED)
  })

  test('names one caller, whatever JSON that caller has for a name', async () => {
    const names = [
      'alice","sub":"bob',
      '\\u0062ob',
      'bob\\',
      'bob" --',
      "bob' or '1'='1",
      'bob ',
      'BOB',
      'b\u200bob',
    ]
    for (const name of names) {
      expect.soft(await seenWith(await genuine(name)), name).toEqual([])
      const [rows] = await db
        .as(name)
        .write((q) => [
          q
            .insert(tasks)
            .values({ id: crypto.randomUUID(), userId: name, title: 'x' })
            .returning({ of: tasks.userId }),
        ])
      expect.soft(rows, name).toEqual([{ of: name }])
    }
    // The last of two equal keys counts, as in JSON.parse; only the holder of the key could write it.
    expect(
      await seenWith(signed(`{"sub":"bob","tenant":"t","scopes":[],"exp":${soon()},"sub":"alice"}`)),
    ).toEqual(['alice'])
  })

  test('is checked against every installed key until that key is retired', async () => {
    await db.endpoint.owner(`select rowgate.install_key('k3', '\\x${OTHER_KEY.toString('hex')}')`)
    expect(await seenWith(signed(claims(), OTHER_KEY, 'k3'))).toEqual(['alice'])
    expect(await seenWith(signed(claims(), OTHER_KEY, 'k1'))).toBe(REFUSED)
    expect(await seenWith(signed(claims(), KEY, 'k3'))).toBe(REFUSED)
    expect(await seenWith(signed(claims()))).toEqual(['alice'])
    await db.endpoint.owner(`select rowgate.retire_key('k3')`)
    expect(await seenWith(signed(claims(), OTHER_KEY, 'k3'))).toBe(REFUSED)
  })

  test('made with a key of any length is the HMAC that everyone else computes', async () => {
    for (const length of [32, 63, 64, 65, 200]) {
      const key = Buffer.alloc(length, 'a key of some length')
      await db.endpoint.owner(`select rowgate.install_key('long', '\\x${key.toString('hex')}')`)
      expect.soft(await seenWith(signed(claims(), key, 'long')), `${length} bytes`).toEqual(['alice'])
    }
    await expect(db.endpoint.owner(`select rowgate.install_key('short', '\\x00')`)).rejects.toThrow(
      '32 random bytes',
    )
  })
})
