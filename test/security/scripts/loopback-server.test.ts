/** Postgres' HTTP endpoint and the owner's, as a web page of the developer's browser would try them. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOwnerEndpoint } from '../../../scripts/local/owner-endpoint.ts'
import { type PostgresEndpoint, startPostgresEndpoint } from '../../../scripts/local/postgres/endpoint.ts'

const TEXT = 'text/plain;charset=UTF-8'
const PASSWORD = 'only for tests'

let postgres: PostgresEndpoint
let folder: string
let shut: () => Promise<void>
/** Requests of each endpoint's rightful client; the URL is known after the start. */
const rightful = {
  postgres: { url: '', headers: {}, body: JSON.stringify({ query: 'select 1' }) },
  owner: { url: '', headers: {}, body: 'select 1' },
}
beforeAll(async () => {
  postgres = await startPostgresEndpoint()
  await postgres.owner(`create role reader login password '${PASSWORD}'`)
  const connection = postgres.handOut({ user: 'reader', password: PASSWORD, database: 'postgres' })
  Object.assign(rightful.postgres, { url: postgres.url, headers: { 'neon-connection-string': connection } })
  folder = mkdtempSync(join(tmpdir(), 'rowgate-owner-'))
  shut = await openOwnerEndpoint(folder, postgres.owner)
  rightful.owner.url = JSON.parse(readFileSync(join(folder, 'owner-endpoint.json'), 'utf8')).url
})
afterAll(async () => {
  await shut()
  await postgres.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  readonly url: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** `fetch` would not let a test choose these headers. */
async function send({
  url,
  method = 'POST',
  headers,
  body,
}: Sent): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const sent = request(url, { method, headers: { 'content-type': TEXT, ...headers }, agent: false })
  sent.on('error', reject).on('response', (response) => {
    text(response).then((said) => resolve({ status: response.statusCode ?? 0, text: said }), reject)
  })
  sent.end(body)
  return await promise
}

describe.each(['postgres', 'owner'] as const)('the %s endpoint', (name) => {
  const good = () => rightful[name]

  test('serves the program that was given its URL', async () => {
    expect(await send(good())).toMatchObject({ status: 200 })
    expect(await send({ ...good(), headers: { ...good().headers, 'sec-fetch-mode': 'cors' } })).toMatchObject(
      {
        status: 200,
      },
    )
  })

  test.each([
    ['another name that leads here', () => `evil.example:${new URL(good().url).port}`],
    ['localhost, which is not the name it was given', () => `localhost:${new URL(good().url).port}`],
    ['its address without the port', () => '127.0.0.1'],
    ['its address with another port', () => '127.0.0.1:1'],
    ['a port that only looks alike', () => `127.0.0.1:0${new URL(good().url).port}`],
    ['a name that begins alike', () => `${new URL(good().url).host}.evil.example`],
    ['a login before it', () => `x@${new URL(good().url).host}`],
  ])('refuses as Host %s', async (_, host) => {
    expect(await send({ ...good(), headers: { ...good().headers, host: host() } })).toMatchObject({
      status: 421,
    })
  })

  test.each([
    ['Origin', 'http://evil.example'],
    ['Origin', 'null'],
    ['Origin', ''],
    ['Sec-Fetch-Site', 'same-origin'],
    ['Sec-Fetch-Site', 'none'],
    ['Sec-Fetch-Dest', 'empty'],
    ['Sec-Fetch-User', '?1'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Mode', 'no-cors'],
    ['Sec-Fetch-Storage-Access', 'none'],
  ])('refuses a browser, which says %s: %s', async (header, value) => {
    expect(await send({ ...good(), headers: { ...good().headers, [header]: value } })).toMatchObject({
      status: 403,
    })
  })

  test.each([
    ['no path', () => '/'],
    ['the path that it once had', () => '/sql'],
    ['a path of the same length', () => `/${'0'.repeat(64)}`],
    ['its path and more', () => `${new URL(good().url).pathname}/`],
    ['its path with a query', () => `${new URL(good().url).pathname}?x`],
    ['its path in upper case', () => new URL(good().url).pathname.toUpperCase()],
  ])('is not found at %s', async (_, path) => {
    expect(await send({ ...good(), url: new URL(good().url).origin + path() })).toMatchObject({ status: 404 })
  })

  test.each(['GET', 'PUT', 'OPTIONS', 'DELETE'])('refuses %s', async (method) => {
    expect(await send({ ...good(), method })).toMatchObject({ status: 405 })
  })

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain', 'text/html', ''])(
    'refuses what a form sends: %j',
    async (type) => {
      const { headers } = good()
      expect(await send({ ...good(), headers: { ...headers, 'content-type': type } })).toMatchObject({
        status: 415,
      })
    },
  )

  test('listens on 127.0.0.1 and on no other address', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    const others = addresses.filter(({ address }) => address !== '127.0.0.1')
    for (const { address, family } of others) {
      const url = Object.assign(new URL(good().url), {
        hostname: family === 'IPv6' ? `[${address}]` : address,
      }).href
      await expect(send({ ...good(), url })).rejects.toThrow(/ECONNREFUSED|EINVAL|ENETUNREACH|EADDRNOTAVAIL/)
    }
  })

  test('has another path at each start, too long to guess', () => {
    expect(new URL(good().url).pathname).toMatch(/^\/[0-9a-f]{64}$/)
  })
})

test('a refusal tells nothing of the path, of a login or of the database', async () => {
  const said = await Promise.all([
    send({ ...rightful.postgres, headers: { host: 'evil.example' } }),
    send({ ...rightful.postgres, url: `${new URL(postgres.url).origin}/sql` }),
    send({ ...rightful.owner, headers: { origin: 'null' } }),
  ])
  const words = said.map(({ text }) => text).join('\n')
  for (const secret of [new URL(postgres.url).pathname.slice(1), PASSWORD, 'reader']) {
    expect(words).not.toContain(secret)
  }
})
