/** The Worker built as for a deployment, once per run: in workerd alone, or with wrangler's bindings. */

import { createTestHarness, unstable_readConfig } from 'wrangler'
import { builtIn } from '../../../scripts/measure/bench/bundle.ts'
import { startWorker } from '../../../scripts/measure/bench/workerd.ts'
import { PROJECT } from './project-copy.ts'
import { shared } from './shared.ts'

export type Vars = Readonly<Record<string, string>>
export type WranglerHarness = ReturnType<typeof createTestHarness>

export interface RunningWorker {
  /** Base URL. */
  readonly url: URL
  close(): Promise<void>
}

/**
 * In workerd alone, with text settings and without wrangler.toml's bindings: starts a second faster than the
 * harness.
 */
export async function startInWorkerd(vars: Vars): Promise<RunningWorker> {
  const worker = await startWorker(await builtIn(await shared('worker'), 'index'), vars)
  return { url: new URL(`http://localhost:${worker.port}`), close: worker.stop }
}

/** A rate limit of wrangler.toml, whose type is `any` in wrangler's own types. */
export interface RateLimit {
  readonly name: string
  readonly namespace_id: string
  readonly simple: { readonly limit: number; readonly period: 10 | 60 }
}

/** Calls per minute. */
export interface RateLimits {
  readonly read: number
  readonly write: number
}

export interface HarnessOptions {
  /** Replaces those of wrangler.toml. */
  readonly limits?: RateLimits
  /** Path of another wrangler.toml. */
  readonly configPath?: string
}

/** With wrangler's bindings: the examples' D1, rate limits, the Cache API. */
export async function startWranglerHarness(
  vars: Vars,
  { limits, configPath }: HarnessOptions = {},
): Promise<WranglerHarness> {
  const prebuiltWorkerDir = await shared('worker')
  const worker =
    limits === undefined
      ? { configPath: configPath ?? `${prebuiltWorkerDir}/wrangler.json`, prebuiltWorkerDir, vars }
      : { config: limited(prebuiltWorkerDir, vars, limits) }
  const server = createTestHarness({ root: PROJECT, workers: [worker] })
  await server.listen()
  return server
}

/** The configuration of the built Worker with other limits. */
function limited(built: string, vars: Vars, limits: RateLimits) {
  const settings = unstable_readConfig({ config: `${PROJECT}/wrangler.toml` })
  const { name, compatibility_date, compatibility_flags, rules } = settings
  const ratelimits: RateLimit[] = settings.ratelimits
  return {
    ...{ name, compatibility_date, compatibility_flags, rules, vars: { ...vars } },
    ...{ main: `${built}/index.js`, base_dir: built, no_bundle: true, find_additional_modules: true },
    ratelimits: ratelimits.map((each) => ({
      ...each,
      simple: { ...each.simple, limit: each.name === 'RATE_LIMIT_READ' ? limits.read : limits.write },
    })),
  }
}
