/** The sources that `rowgate.yaml` declares, as the build bundles them, and what each connects with. */

import type { Hyperdrive } from './bindings.ts'
import type { SourceLock } from './lock-file.ts'
import { ConfigError } from './settings.ts'
import { database, endpoint } from './urls.ts'

export interface DeclaredSource {
  readonly name: string
  /** The binding or the secret that it is connected with. */
  readonly connect: string
  /** Whether its audit log also records calls of other engines. */
  readonly audit: boolean
  readonly lock: SourceLock
}

export interface ConnectedSource extends DeclaredSource {
  readonly hyperdrive?: Hyperdrive
  readonly url?: string
  /** An endpoint that speaks Neon's HTTP protocol, if it is not Neon's own. */
  readonly fetchEndpoint?: string
}

/** Throws `ConfigError` naming a binding or a secret that is missing or wrong, or two that are the same. */
export function readSources(
  env: Readonly<Record<string, unknown>>,
  sources: readonly DeclaredSource[],
): readonly ConnectedSource[] {
  const connected = sources.map((source) => connectedSource(env, source))
  refuseOneDatabase(connected)
  return connected
}

function connectedSource(env: Readonly<Record<string, unknown>>, source: DeclaredSource): ConnectedSource {
  const { name, connect } = source
  const value = env[connect]
  if (value === undefined) {
    throw new ConfigError(`${connect} is not set: the source \`${name}\` of rowgate.yaml connects with it.`)
  }
  if (isHyperdrive(value)) return { ...source, hyperdrive: value }
  const url = database('postgres').safeParse(value)
  if (!url.success) {
    const rule = url.error.issues[0]?.message ?? 'unreadable'
    throw new ConfigError(`${connect} is wrong: ${rule}, or a Hyperdrive binding.`)
  }
  return { ...source, url: url.data, ...fetchEndpointOf(env, connect) }
}

const POSTGRES_PORT = '5432'

/**
 * Two sources of one database would share its login, which then reads the views of both, and its audit log.
 */
function refuseOneDatabase(sources: readonly ConnectedSource[]): void {
  const known = new Map<string, string>()
  for (const { url, fetchEndpoint, connect } of sources) {
    if (url === undefined) continue
    const { hostname, port, pathname } = new URL(url)
    const address = JSON.stringify([hostname, port || POSTGRES_PORT, pathname, fetchEndpoint])
    const other = known.get(address)
    if (other !== undefined) {
      throw new ConfigError(
        `${connect} and ${other} name the same database: its tables are one source of rowgate.yaml.`,
      )
    }
    known.set(address, connect)
  }
}

function isHyperdrive(value: unknown): value is Hyperdrive {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'connect') === 'function'
}

/** As DATABASE_FETCH_ENDPOINT is for DATABASE_URL, APP_DATABASE_FETCH_ENDPOINT is for APP_DATABASE_URL. */
function fetchEndpointOf(
  env: Readonly<Record<string, unknown>>,
  connect: string,
): Pick<ConnectedSource, 'fetchEndpoint'> {
  const name = `${connect.replace(/_URL$/, '')}_FETCH_ENDPOINT`
  const value = env[name]
  if (value === undefined) return {}
  const parsed = endpoint().safeParse(value)
  if (parsed.success) return { fetchEndpoint: parsed.data }
  throw new ConfigError(`${name} is wrong: ${parsed.error.issues[0]?.message ?? 'unreadable'}.`)
}

/** The claims of a token that the sources know their callers by, and those of them that name a tenant. */
export function claimsOf(sources: readonly DeclaredSource[]): {
  readonly all: readonly string[]
  readonly tenant: readonly string[]
} {
  const tenant = new Set(sources.flatMap(({ lock }) => lock.tenant?.claim ?? []))
  return {
    all: [...new Set([...tenant, ...sources.flatMap(({ lock }) => lock.claims)])],
    tenant: [...tenant],
  }
}
