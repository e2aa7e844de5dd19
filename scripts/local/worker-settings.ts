/** The Worker's settings that `rowgate start` takes from the environment. */

import { ConfigError, readConfig, variables } from '../../src/infra/config/settings.ts'
import { Refusal } from '../cli/cli-error.ts'

/**
 * What `rowgate start` decides itself: where Postgres is, and whose tokens are accepted here. DATABASE_OWNER_URL names the
 * database of `rowgate migrate` and others, which is not the one that is served here.
 */
export const SET_BY_START = [
  'ENVIRONMENT',
  'DATABASE_URL',
  'DATABASE_FETCH_ENDPOINT',
  'DATABASE_OWNER_URL',
  'IDENTITY_KEY',
  'LOCAL_JWKS',
] as const satisfies readonly (keyof typeof variables.shape)[]

type Environment = Readonly<Record<string, string | undefined>>

/** Every other setting that the environment has; an empty one counts as not set. */
export function settingsFrom(environment: Environment): Record<string, string> {
  const own: ReadonlySet<string> = new Set(SET_BY_START)
  const passed = Object.keys(variables.shape).filter((name) => !own.has(name))
  return Object.fromEntries(passed.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])))
}

/** Refuses settings that would stop the Worker, with the sentence that it would answer. */
export function checkSettings(settings: Environment): void {
  try {
    readConfig(settings)
  } catch (error) {
    if (error instanceof ConfigError) throw new Refusal(error.message)
    throw error
  }
}
