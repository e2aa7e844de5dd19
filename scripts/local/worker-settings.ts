/** The Worker's settings that `rowgate start` passes on from the environment. */

import { ConfigError, readConfig, variables } from '../../src/infra/config/settings.ts'
import { Refusal } from '../cli/cli-error.ts'

/**
 * Set by `rowgate start` itself: where Postgres is, and whose tokens are accepted. DATABASE_OWNER_URL is for
 * `rowgate migrate` and others, and names another database than the one served here.
 */
export const SET_BY_START = [
  'ENVIRONMENT',
  'DATABASE_URL',
  'DATABASE_FETCH_ENDPOINT',
  'DATABASE_OWNER_URL',
  'IDENTITY_KEY',
  'LOCAL_JWKS',
  'LOCAL_ISSUER_KEY',
] as const satisfies readonly (keyof typeof variables.shape)[]

type Environment = Readonly<Record<string, string | undefined>>

/** All other settings of the environment. An empty value counts as not set. */
export function settingsFrom(environment: Environment): Record<string, string> {
  const own: ReadonlySet<string> = new Set(SET_BY_START)
  const passed = Object.keys(variables.shape).filter((name) => !own.has(name))
  return Object.fromEntries(passed.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
}

/** Refuses invalid settings with the error that the Worker would give. */
export function checkSettings(settings: Environment, options?: { hasSources: boolean }): void {
  try {
    readConfig(settings, options)
  } catch (error) {
    if (error instanceof ConfigError) throw new Refusal(error.message)
    throw error
  }
}
