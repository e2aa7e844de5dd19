/** The Worker as it is deployed: bundled by wrangler, run by workerd, with the settings that a world gives it. */

import { fileURLToPath } from 'node:url'
import { createTestHarness } from 'wrangler'
import type { Worker } from '../../src/worker.ts'

type Harness = ReturnType<typeof createTestHarness>

/** A worker for `startWorld`. It starts at the first request. */
export function workerd(): Worker & { close(): Promise<void> } {
  let harness: Promise<Harness> | undefined
  return {
    async fetch(request, env) {
      harness ??= start(env as Record<string, string>)
      const { pathname, search } = new URL(request.url)
      const server = await harness
      const body = request.body === null ? null : await request.text()
      const { method, signal } = request
      const headers = Object.fromEntries(request.headers)
      const response = await server.fetch(pathname + search, { method, headers, body, signal })
      return new Response(response.body as ReadableStream | null, {
        status: response.status,
        headers: [...response.headers],
      })
    },
    close: async () => await (await harness)?.close(),
  }
}

async function start(vars: Record<string, string>): Promise<Harness> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const server = createTestHarness({ root, workers: [{ configPath: 'wrangler.toml', vars }] })
  await server.listen()
  return server
}
