/** Runs the Worker in workerd by wrangler's API for `wrangler dev`, behind our own proxy. */

import { fileURLToPath } from 'node:url'
import { d1Bindings } from './d1.ts'
import { type LocalProxy, startLocalProxy } from './proxy/server.ts'
import { newSecret } from './secret.ts'
import { QUIET } from './wrangler-env.ts'

export interface WorkerOptions {
  readonly port: number
  readonly watch: boolean
  /** Whether to serve core with every example, instead of what a deployment serves. */
  readonly examples: boolean
  /** Paths of the examples' wrangler.toml files whose D1 databases are bound. */
  readonly d1Configs: readonly string[]
  /** Folder of the bindings' local data. */
  readonly persist: string
  readonly variables: Readonly<Record<string, string>>
}

export async function startWorker(options: WorkerOptions): Promise<{ dispose(): Promise<void> }> {
  const logLevel = options.watch ? 'log' : 'warn'
  // Wrangler starts to log before it has read `dev.logLevel`.
  Object.assign(process.env, QUIET, { WRANGLER_LOG: logLevel })
  // Imported late, because wrangler reads the environment while it loads.
  const { unstable_startWorker } = await import('wrangler')
  const secret = newSecret()
  const worker = await unstable_startWorker({
    config: fileURLToPath(new URL('../../wrangler.toml', import.meta.url)),
    entrypoint: fileURLToPath(new URL('./proxy/worker.ts', import.meta.url)),
    bindings: {
      ...(await d1Bindings(options.d1Configs)),
      ...secretBindings({
        ...options.variables,
        LOCAL_PROXY_SECRET: secret,
        ...(options.examples && { LOCAL_EXAMPLES: 'true' }),
      }),
    },
    dev: {
      server: { hostname: '127.0.0.1', port: 0 },
      watch: options.watch,
      inspector: false,
      logLevel,
      persist: options.persist,
    },
  })
  await worker.ready
  let proxy: LocalProxy
  try {
    proxy = await startLocalProxy(options.port, await worker.url, secret)
  } catch (error) {
    await worker.dispose()
    throw error
  }
  return {
    async dispose() {
      await proxy.close()
      await worker.dispose()
    },
  }
}

/** As secrets, because wrangler prints plain variables. */
function secretBindings(variables: Readonly<Record<string, string>>) {
  const type = 'secret_text' as const
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { type, value }]))
}
