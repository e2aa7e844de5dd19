/** A deployment, and its app for each environment: built at the first request. */

import type { ExecutionContext, Hono } from 'hono'
import { misconfigured } from './http/misconfigured.ts'
import { ConfigError } from './infra/config/settings.ts'
import type { DeclaredSource } from './infra/config/sources.ts'
import type { Toolset } from './toolkit/tool.ts'

/** The Worker's variables, secrets and bindings. */
export type Environment = Readonly<Record<string, unknown>>

export type App = Pick<Hono, 'fetch'>

export interface Worker {
  fetch(request: Request, env: Environment, context: ExecutionContext): Response | Promise<Response>
}

export interface Deployment {
  readonly toolsets: readonly Toolset[]
  /** The databases that `rowgate.yaml` declares; without one DATABASE_URL names the only one. */
  readonly sources?: readonly DeclaredSource[]
}

/** `wire` throws `ConfigError` for settings that are missing or wrong. */
export function serveDeployment(
  built: Deployment | (() => Promise<Deployment>),
  wire: (env: Environment, deployment: Deployment) => App,
): Worker {
  const apps = new WeakMap<Environment, App>()

  function appOf(env: Environment, deployment: Deployment): App {
    const app = apps.get(env) ?? wireOrRefuse(env, deployment)
    apps.set(env, app)
    return app
  }

  function wireOrRefuse(env: Environment, deployment: Deployment): App {
    try {
      return wire(env, deployment)
    } catch (cause) {
      if (!(cause instanceof ConfigError)) throw cause
      return { fetch: () => misconfigured(cause, env) }
    }
  }

  return {
    fetch(request, env, context) {
      const known = apps.get(env)
      if (known !== undefined) return known.fetch(request, env, context)
      // Keeps what was loaded, not its promise: workerd ties a promise to the request that made it.
      if (typeof built === 'function')
        return built().then((loaded) => appOf(env, loaded).fetch(request, env, context))
      return appOf(env, built).fetch(request, env, context)
    },
  }
}
