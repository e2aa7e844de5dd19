/**
 * The edge on the real runtime: what workerd makes of a raw Host, and keys shared by requests that run side
 * by side.
 */

import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issuer, startIssuer } from '../../../scripts/check/issuer.ts'
import { startWranglerHarness, type WranglerHarness } from '../../support/product/built-worker.ts'
import { SETTINGS } from '../../support/product/http-app.ts'

const AUDIENCE = 'http://localhost:4747/mcp'

let issuer: Issuer
let server: WranglerHarness
let port: number

beforeAll(async () => {
  issuer = await startIssuer()
  const vars = { ...SETTINGS, AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: AUDIENCE, LOG_LEVEL: 'silent' }
  server = await startWranglerHarness(vars)
  port = Number((await server.listen()).url.port)
})
afterAll(async () => {
  await server.close()
  await issuer[Symbol.asyncDispose]()
})

/** Sends these bytes and reads the status line's number; a closed connection without an answer is 0. */
function statusOf(bytes: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)))
  })
}

function get(...headers: string[]): string {
  return ['GET /health HTTP/1.1', ...headers, 'Connection: close', '', ''].join('\r\n')
}

async function list(token: string): Promise<number> {
  const response = await server.fetch('/mcp', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      Authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  })
  await response.text()
  return response.status
}

describe('keys', () => {
  test('are fetched once for a cold start of many, and once more for a flood of unknown ids', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, (_, i) => issuer.sign({ jti: `t${i}` })))
    expect(await Promise.all(tokens.map(list))).toEqual(Array(8).fill(200))
    expect(issuer.fetched.keys).toBe(1)
    const flood = await Promise.all(
      Array.from({ length: 8 }, (_, i) => issuer.sign({}, { header: { kid: `flood-${i}` } })),
    )
    expect(await Promise.all(flood.map(list))).toEqual(Array(8).fill(401))
    expect(await Promise.all(flood.map(list))).toEqual(Array(8).fill(401))
    expect(issuer.fetched.keys).toBe(2)
  })
})

describe('a raw request', () => {
  test.each(['localhost', 'localhost:4747', '[::1]:4747', '127.0.0.1'])(
    'for "%s" is served',
    async (host) => {
      expect(await statusOf(get(`Host: ${host}`))).toBe(200)
    },
  )

  test.each([
    'evil.com',
    'localhost.evil.com',
    'localhost@evil.com',
    'LOCALHOST.',
    'evil.com:4747',
    '127.0.0.1.evil.com',
  ])('for "%s" is misdirected', async (host) => {
    expect(await statusOf(get(`Host: ${host}`))).toBe(421)
  })

  test.each<[string, string[]]>([
    ['an empty Host', ['Host:']],
    ['no Host', []],
    ['two Hosts', ['Host: localhost', 'Host: evil.com']],
    ['two Hosts, the foreign one first', ['Host: evil.com', 'Host: localhost']],
    ['a Host that is a list', ['Host: localhost, evil.com']],
    ['a foreign Host that claims to be forwarded', ['Host: evil.com', 'X-Forwarded-Host: localhost']],
  ])('with %s is not served', async (_, headers) => {
    expect(await statusOf(get(...headers))).not.toBe(200)
  })

  test('for a foreign Host behind an absolute target is not served', async () => {
    const bytes = 'GET http://localhost/health HTTP/1.1\r\nHost: evil.com\r\nConnection: close\r\n\r\n'
    expect(await statusOf(bytes)).toBe(421)
  })

  test('with two Authorization headers is refused', async () => {
    const token = await issuer.sign()
    const bytes = [
      'POST /mcp HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Authorization: Bearer ${token}`,
      'Authorization: Bearer other',
      'Content-Length: 2',
      'Connection: close',
      '',
      '{}',
    ]
    expect(await statusOf(bytes.join('\r\n'))).toBe(400)
  })
})
