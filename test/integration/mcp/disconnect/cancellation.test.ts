/** A client that goes away stops the work: on workerd itself, since only there a request has a client. */

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Issuer, startIssuer } from '../../../../scripts/check/issuer.ts'
import { listen } from '../../../../scripts/check/listen.ts'
import { bundle } from '../../../../scripts/measure/bench/bundle.ts'
import { startWorker } from '../../../../scripts/measure/bench/workerd.ts'
import { SETTINGS } from '../../../support/product/http-app.ts'
import { SOON_MS } from '../../../support/timeouts.ts'
import { type Era, type Members, message } from '../../../unit/mcp/messages.ts'

const AUDIENCE = 'http://localhost:4747/mcp'

const cleanup = new AsyncDisposableStack()
let target: URL
let token: string
let issuer: Issuer

beforeAll(async () => {
  issuer = cleanup.use(await startIssuer())
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-cancellation-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const built = await bundle(join(import.meta.dirname, 'worker.ts'), folder)
  const worker = await startWorker(built, {
    ...SETTINGS,
    AUTH_ISSUER: issuer.url,
    AUTH_AUDIENCE: AUDIENCE,
    MAX_CONCURRENT_CALLS: '1',
    LOG_LEVEL: 'silent',
  })
  cleanup.defer(() => worker.stop())
  target = new URL(`http://127.0.0.1:${worker.port}/mcp`)
  token = await issuer.sign()
})
afterAll(() => cleanup.disposeAsync())

/** A server that never answers `/slow`; each event is awaited by whoever asks for it. */
async function startSlowServer() {
  const events = {
    asked: Promise.withResolvers<IncomingMessage>(),
    aborted: Promise.withResolvers<void>(),
    closed: Promise.withResolvers<void>(),
  }
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/aborted') {
      events.aborted.resolve()
      outgoing.end()
      return
    }
    events.asked.resolve(incoming)
    outgoing.once('close', () => events.closed.resolve())
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    asked: events.asked.promise,
    aborted: events.aborted.promise,
    closed: events.closed.promise,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Slow = Awaited<ReturnType<typeof startSlowServer>>

/**
 * Sends the call, and goes away once it waits. A call that comes before the last one's place is free is
 * refused, and sent again.
 */
async function abandon(slow: Slow, era: Era, meta: Members, given: object = {}): Promise<void> {
  const bend = { meta, params: { arguments: { server: slow.url, ...given } } }
  const { request: call, body } = message(era, 'tools/call', bend, 'wait')
  const headers = { ...Object.fromEntries(call.headers), authorization: `Bearer ${token}` }
  await vi.waitFor(async () => {
    const client = request(target, { method: 'POST', headers })
    client.on('error', () => undefined)
    client.end(JSON.stringify(body))
    const refused = once(client, 'response')
      .then(([response]) => text(response))
      .catch(() => 'gone')
    expect(await Promise.race([slow.asked.then(() => 'it waits'), refused])).toBe('it waits')
    // A reset, as a client that is ended leaves it: workerd takes a mere end of sending for no goodbye.
    client.socket?.resetAndDestroy()
  }, SOON_MS)
  await slow.closed
}

describe.each<Era>(['2026-07-28', '2025-11-25'])('%s', (era) => {
  describe.each<[string, Members]>([
    ['a plain call', {}],
    ['a call on a stream', { progressToken: 1 }],
  ])('%s whose client goes away', (_, meta) => {
    it('is aborted, and what it waited for let go', async () => {
      await using slow = await startSlowServer()
      await abandon(slow, era, meta)
      await expect(slow.aborted).resolves.toBeUndefined()
    })

    it('gives back its place among the calls that may run at once', async () => {
      for (let calls = 0; calls < 3; calls += 1) {
        await using slow = await startSlowServer()
        // It comes to wait only where it has found a place.
        await abandon(slow, era, meta, { quietly: true })
      }
    })
  })
})

describe.each<[string, Members]>([
  ['a plain call', {}],
  ['a call on a stream', { progressToken: 1 }],
])('%s that its client cancels by a notification', (_, meta) => {
  async function call(slow: Slow, authorization: string): Promise<Response> {
    const bend = { meta, params: { arguments: { server: slow.url } } }
    const { request: sent, body } = message('2025-11-25', 'tools/call', bend, 'wait')
    const headers = { ...Object.fromEntries(sent.headers), authorization }
    return await fetch(target, { method: 'POST', headers, body: JSON.stringify(body) })
  }

  async function cancel(authorization: string, requestId: unknown): Promise<number> {
    const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }
    const { request: sent } = message('2025-11-25', 'tools/list')
    const headers = { ...Object.fromEntries(sent.headers), authorization }
    return (await fetch(target, { method: 'POST', headers, body: JSON.stringify(body) })).status
  }

  it('ends, and what it waited for is let go', async () => {
    await using slow = await startSlowServer()
    const answer = call(slow, `Bearer ${token}`)
    await slow.asked
    expect(await cancel(`Bearer ${token}`, 1)).toBe(202)
    await slow.closed
    expect(await (await answer).text()).toContain('"isError":true')
  })

  it('does not end by another caller, or under another id', async () => {
    await using slow = await startSlowServer()
    const answer = call(slow, `Bearer ${token}`)
    await slow.asked
    expect(await cancel(`Bearer ${await issuer.sign({ sub: 'mallory' })}`, 1)).toBe(202)
    for (const id of [2, '1', null, { id: 1 }]) expect(await cancel(`Bearer ${token}`, id)).toBeLessThan(500)
    expect(await Promise.race([slow.closed.then(() => 'ended'), Promise.resolve('waits')])).toBe('waits')
    await cancel(`Bearer ${token}`, 1)
    await slow.closed
    await (await answer).text()
  })
})
