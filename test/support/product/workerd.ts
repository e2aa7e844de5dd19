/** The built Worker for `startRowgate`, started at the first request with Rowgate's settings. */

import type { Worker } from '../../../src/deployment.ts'
import { type HarnessOptions, startInWorkerd, startWranglerHarness, type Vars } from './built-worker.ts'

type Started = Worker & { close(): Promise<void> }
type Fetch = (path: string, init: RequestInit) => Promise<Response>

/** In workerd alone, without D1, rate limits and Cache API. */
export function workerd(): Started {
  return onFirstRequest(async (vars) => {
    const { url, close } = await startInWorkerd(vars)
    return { fetch: (path, init) => fetch(new URL(path, url), { ...init, redirect: 'manual' }), close }
  })
}

/** With wrangler.toml's bindings. */
export function wrangler(options?: HarnessOptions): Started {
  return onFirstRequest(async (vars) => {
    const server = await startWranglerHarness(vars, options)
    return {
      async fetch(path, { method, headers, body, signal }) {
        const init = { method, headers, body, signal } as Parameters<typeof server.fetch>[1]
        const response = await server.fetch(path, init)
        return new Response(response.body as ReadableStream | null, {
          status: response.status,
          headers: [...response.headers],
        })
      },
      close: () => server.close(),
    }
  })
}

function onFirstRequest(start: (vars: Vars) => Promise<{ fetch: Fetch; close(): Promise<void> }>): Started {
  let started: ReturnType<typeof start> | undefined
  return {
    async fetch(request, env) {
      // Its settings are all strings.
      started ??= start(env as Vars)
      const { pathname, search } = new URL(request.url)
      const body = request.body === null ? null : await request.text()
      const { method, signal } = request
      return (await started).fetch(pathname + search, {
        ...{ method, body, signal },
        headers: Object.fromEntries(request.headers),
      })
    },
    close: async () => await (await started)?.close(),
  }
}
