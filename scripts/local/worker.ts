/** Runs the Worker in workerd, by the same part of wrangler that `wrangler dev` is made of. */

import { fileURLToPath } from 'node:url'
import { QUIET } from './wrangler-env.ts'

export interface WorkerOptions {
  readonly port: number
  readonly watch: boolean
  /** Where the bindings' local data are kept. */
  readonly persist: string
  readonly variables: Readonly<Record<string, string>>
}

export async function startWorker(options: WorkerOptions): Promise<{ dispose(): Promise<void> }> {
  Object.assign(process.env, QUIET)
  // Wrangler reads the environment while it loads.
  const { unstable_startWorker } = await import('wrangler')
  const worker = await unstable_startWorker({
    config: fileURLToPath(new URL('../../wrangler.toml', import.meta.url)),
    bindings: Object.fromEntries(
      Object.entries(options.variables).map(([name, value]) => [
        name,
        { type: 'plain_text', value } as const,
      ]),
    ),
    dev: {
      server: { hostname: '127.0.0.1', port: options.port },
      watch: options.watch,
      inspector: false,
      logLevel: options.watch ? 'log' : 'warn',
      persist: options.persist,
    },
  })
  await worker.ready
  return worker
}
