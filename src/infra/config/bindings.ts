/** Optional bindings of the platform. A binding of the wrong kind is a configuration error. */

import type { Dataset } from '../observability/request-report.ts'
import type { RateLimiter } from '../resilience/rate-limit.ts'
import { ConfigError } from './settings.ts'

/** Hyperdrive's binding: credentials that drivers connect with. */
export interface Hyperdrive {
  connect(): unknown
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** The part of D1 that is used outside its connector. */
export interface D1Binding {
  batch(statements: never[]): Promise<unknown>
  prepare(query: string): { first(): Promise<unknown> }
}

/** Static files that are deployed with the Worker. */
export interface Assets {
  fetch(url: string): Promise<Response>
}

export interface Bindings {
  readonly d1: D1Binding | undefined
  readonly hyperdrivePostgres: Hyperdrive | undefined
  readonly hyperdriveMysql: Hyperdrive | undefined
  readonly analytics: Dataset | undefined
  readonly assets: Assets | undefined
  readonly rates: { readonly read: RateLimiter | undefined; readonly write: RateLimiter | undefined }
}

/** Throws `ConfigError` naming a binding that lacks the method of its kind. */
export function readBindings(env: Readonly<Record<string, unknown>>): Bindings {
  return {
    d1: binding<D1Binding>(env, 'DB', 'batch'),
    hyperdrivePostgres: binding<Hyperdrive>(env, 'HYPERDRIVE_POSTGRES', 'connect'),
    hyperdriveMysql: binding<Hyperdrive>(env, 'HYPERDRIVE_MYSQL', 'connect'),
    analytics: binding<Dataset>(env, 'ANALYTICS', 'writeDataPoint'),
    assets: binding<Assets>(env, 'ASSETS', 'fetch'),
    rates: {
      read: binding<RateLimiter>(env, 'RATE_LIMIT_READ', 'limit'),
      write: binding<RateLimiter>(env, 'RATE_LIMIT_WRITE', 'limit'),
    },
  }
}

function binding<T extends object>(
  env: Readonly<Record<string, unknown>>,
  name: string,
  method: keyof T & string,
): T | undefined {
  const bound = env[name]
  if (bound === undefined) return undefined
  if (typeof bound !== 'object' || bound === null || typeof Reflect.get(bound, method) !== 'function') {
    throw new ConfigError(`${name} is wrong: it must be a binding with \`${method}\`, see wrangler.toml.`)
  }
  // The cast: a binding comes from the platform, and its method is all that can be checked.
  return bound as T
}
