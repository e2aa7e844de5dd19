/** `npm start` answers on its own port under localhost's names, and in no other way. */

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { LOOPBACK, listeningOf } from '../../support/product/listening.ts'
import { READY } from '../../support/product/local.ts'
import { type Running, runRowgate } from '../../support/product/script.ts'

let directory: string
let port: number
let running: Running
/** A first start fills the database, and the machine may be busy; in milliseconds. */
const FIRST_START_MS = 400_000

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rowgate-npm-start-'))
  port = await freePort()
  running = runRowgate(['start', '--data', directory], { PORT: String(port) })
  await running.says(READY)
}, FIRST_START_MS)
afterAll(async () => {
  running.process.kill()
  await running.finished
  await rm(directory, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

/** `fetch` would not let a test choose these headers. */
async function send(
  to: number,
  headers: Readonly<Record<string, string | string[]>>,
  path = '/mcp',
  method = 'POST',
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = request({ host: '127.0.0.1', port: to, path, method, headers, agent: false })
  sent.on('error', reject).on('response', async (response) => {
    resolve({ status: response.statusCode ?? 0, headers: response.headers, text: await text(response) })
  })
  sent.end()
  return await promise
}

const own = () => `localhost:${port}`

test('its own port is served under the names of localhost', async () => {
  for (const host of [own(), `127.0.0.1:${port}`, `[::1]:${port}`, 'localhost']) {
    expect(await send(port, { host })).toMatchObject({ status: 401 })
  }
})

describe('a request cannot say that it was sent to another URL than it was', () => {
  test.each([
    ['MF-Original-URL', 'http://localhost/mcp'],
    ['mf-original-url', 'http://127.0.0.1:4747/mcp'],
    ['MF-Op-Original-URL', 'http://localhost/mcp'],
    ['MF-Route-Override', 'rowgate'],
    ['MF-CF-Blob', '{"clientIp":"8.8.8.8:1"}'],
    ['MF-Proxy-Shared-Secret', 'x'],
    ['MF-Unheard-Of', 'x'],
    ['Rowgate-Proxy-Secret', 'x'],
  ])('%s is refused', async (name, value) => {
    expect(await send(port, { host: 'evil.example', [name]: value })).toMatchObject({ status: 421 })
    expect(await send(port, { host: own(), [name]: value })).toMatchObject({ status: 400 })
  })

  test.each(['http://evil.example/mcp', 'http://localhost/mcp', '*', 'mcp'])(
    'the target %s is refused',
    async (path) => {
      expect(await send(port, { host: own() }, path)).toMatchObject({ status: 400 })
    },
  )

  test('two Host headers are refused', async () => {
    // Node's own client sends no second one.
    const socket = connect(port, '127.0.0.1')
    socket.end(`POST /mcp HTTP/1.1\r\nHost: ${own()}\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n`)
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
  })

  test("X-Forwarded-* and Cloudflare's headers change nothing", async () => {
    const headers = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example;proto=https',
      'cf-connecting-ip': '8.8.8.8',
      'cf-visitor': '{"scheme":"https"}',
    }
    const { headers: answered } = await send(port, { host: own(), ...headers })
    expect(answered['www-authenticate']).toContain(`resource_metadata="http://${own()}/`)
  })
})

test.each([
  '/cdn-cgi/local/explorer',
  '/cdn-cgi/explorer',
  '/CDN-CGI/local/scheduled',
  '/x/../cdn-cgi/platform-proxy',
  '/x/%2e%2e/cdn-cgi/platform-proxy',
  '\\cdn-cgi/explorer',
  '/__cf_local/stream',
])("wrangler's own %s is not there", async (path) => {
  const answer = await send(port, { host: own() }, path, 'GET')
  expect([400, 404]).toContain(answer.status)
  expect(answer.text).not.toContain('<html')
})

test("the Worker's and the database's other ports serve nobody", async () => {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(running.process.pid)])
  const listening = await listeningOf(stdout.trim())
  expect(listening.length).toBeGreaterThan(2)
  expect(new Set(listening.map(({ address }) => address))).toEqual(new Set([LOOPBACK]))
  for (const { port: other } of listening.filter((each) => each.port !== port)) {
    const original = { 'mf-original-url': `http://${own()}/mcp`, 'rowgate-proxy-secret': '0'.repeat(64) }
    for (const headers of [{ host: `127.0.0.1:${other}` }, { host: 'evil.example', ...original }, original]) {
      for (const path of ['/mcp', '/health', '/cdn-cgi/local/explorer/api/d1/database', '/sql']) {
        const { status } = await send(other, headers, path).catch(() => ({ status: 0 }))
        expect({ other, path, served: [200, 401].includes(status) }).toEqual({ other, path, served: false })
      }
    }
  }
})
