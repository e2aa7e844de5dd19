/**
 * An HTTP proxy with a gate for some requests. While it is closed they wait, so a test controls what runs at
 * the same time.
 */

import { createServer } from 'node:http'
import { listen } from '../../../scripts/check/listen.ts'

export interface GateProxy {
  readonly url: string
  /** Requests that have reached the gate so far. */
  asked(): number
  shut(): void
  open(): void
  close(): Promise<void>
}

export async function startGateProxy(target: string, gated: (body: string) => boolean): Promise<GateProxy> {
  let asked = 0
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    if (gated(body.toString())) {
      asked += 1
      await gate.promise
    }
    const headers = Object.entries(request.headers)
      .filter(([name]) => /^(?:neon-.*|content-type)$/.test(name))
      .map(([name, value]): [string, string] => [name, String(value)])
    try {
      const answer = await fetch(target, { method: 'POST', headers, body })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
    } catch {
      // The client may have disconnected, and the target may be gone.
      response.destroy()
    }
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    asked: () => asked,
    shut() {
      gate = Promise.withResolvers()
    },
    open: () => gate.resolve(),
    async close() {
      gate.resolve()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
