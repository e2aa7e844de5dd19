/** The Worker as it is deployed: built by wrangler, run by workerd, with the settings that a world gives it. */

import { fileURLToPath } from 'node:url'
import { createTestHarness, unstable_readConfig } from 'wrangler'
import type { Worker } from '../../../src/worker.ts'
import { shared } from './shared.ts'

type Harness = ReturnType<typeof createTestHarness>

/** A worker for `startWorld`. It starts at the first request; `limits` are other calls a minute than wrangler.toml's. */
export function workerd(limits?: RateLimits): Worker & { close(): Promise<void> } {
  let harness: Promise<Harness> | undefined
  return {
    async fetch(request, env) {
      harness ??= start(env as Record<string, string>, limits)
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

/** One of wrangler.toml's; wrangler's own type for them is `any`. */
export interface RateLimit {
  readonly name: string
  readonly namespace_id: string
  readonly simple: { readonly limit: number; readonly period: 10 | 60 }
}

interface RateLimits {
  readonly read: number
  readonly write: number
}

async function start(vars: Record<string, string>, limits: RateLimits | undefined): Promise<Harness> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const prebuiltWorkerDir = await shared('worker')
  const worker =
    limits === undefined
      ? { configPath: 'wrangler.toml', prebuiltWorkerDir, vars }
      : { config: limited(root, prebuiltWorkerDir, vars, limits) }
  const server = createTestHarness({ root, workers: [worker] })
  await server.listen()
  return server
}

/** wrangler.toml with other limits, and what was built of it. */
function limited(root: string, built: string, vars: Record<string, string>, limits: RateLimits) {
  const settings = unstable_readConfig({ config: `${root}/wrangler.toml` })
  const { name, compatibility_date, compatibility_flags, rules } = settings
  const ratelimits: RateLimit[] = settings.ratelimits
  return {
    ...{ name, compatibility_date, compatibility_flags, rules, vars },
    ...{ main: `${built}/index.js`, base_dir: built, no_bundle: true, find_additional_modules: true },
    ratelimits: ratelimits.map((each) => ({
      ...each,
      simple: { ...each.simple, limit: each.name === 'RATE_LIMIT_READ' ? limits.read : limits.write },
    })),
  }
}
