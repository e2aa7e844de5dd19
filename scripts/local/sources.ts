/**
 * The sources of `rowgate.yaml` on this machine: how the Worker reaches each, with what `rowgate up` kept.
 */

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_TENANT } from '../../src/http/auth/claims.ts'
import type { DeclaredSource } from '../../src/infra/config/sources.ts'
import { readRowgateFile } from '../build/rowgate-file.ts'
import { servedSources } from '../build/served-sources.ts'
import { Refusal } from '../cli/cli-error.ts'
import { EMBEDDED, keptOwnerUrl } from '../operate/source/owner.ts'
import { openOwnerEndpoint } from './owner-endpoint.ts'
import type { Owner } from './postgres/backend.ts'
import { startPostgresEndpoint } from './postgres/endpoint.ts'
import { prepareEmbedded } from './postgres/prepare.ts'
import { findSourceSecrets, masterIdentityKey, workerUrl } from './source-secrets.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Throws a `Refusal` where the file, or its lock, is wrong. */
export function localSources(): readonly DeclaredSource[] {
  return servedSources(readRowgateFile(), ROOT)
}

export interface OpenSources {
  /** The Worker's settings. */
  readonly settings: Readonly<Record<string, string>>
  /** The connection of each source, by its name: a login's URL, or the embedded database's owner. */
  readonly databases: ReadonlyMap<string, string | Owner>
  close(): Promise<void>
}

/** The embedded Postgres is started where a source is in it; a server is reached by TCP. */
export async function openSources(
  directory: string,
  sources: readonly DeclaredSource[],
): Promise<OpenSources> {
  const settings: Record<string, string> = { IDENTITY_KEY: await masterIdentityKey(directory) }
  const databases = new Map<string, string | Owner>()
  const started: (() => Promise<void>)[] = []
  const embedded = embeddedPostgres(directory, started)
  for (const { name, connect } of sources) {
    const given = process.env[connect]
    const isEmbedded = given === undefined && (await keptOwnerUrl({ directory, source: name })) === EMBEDDED
    if (isEmbedded) {
      const { endpoint, login } = await embedded()
      settings[connect] = endpoint.handOut(login)
      settings[`${connect.replace(/_URL$/, '')}_FETCH_ENDPOINT`] = endpoint.url
      databases.set(name, endpoint.owner)
      continue
    }
    const secrets = given === undefined ? await findSourceSecrets(directory, name) : undefined
    const url = given ?? (secrets && workerUrl(secrets))
    if (url === undefined) {
      throw new Refusal(
        `The login of the source "${name}" is not known on this machine: run \`npx rowgate up\`, or set ${connect} to its URL.`,
      )
    }
    settings[connect] = url
    databases.set(name, url)
  }
  return {
    ...{ settings, databases },
    async close() {
      for (const close of started.toReversed()) await close()
    },
  }
}

/** Started once, with the login that its data folder keeps. */
function embeddedPostgres(directory: string, started: (() => Promise<void>)[]) {
  async function start() {
    const endpoint = await startPostgresEndpoint({ dataDirectory: join(directory, 'postgres') })
    started.push(() => endpoint.close())
    const { login } = await prepareEmbedded(endpoint.owner, directory, [])
    started.push(await openOwnerEndpoint(directory, endpoint.owner))
    return { endpoint, login }
  }
  let running: ReturnType<typeof start> | undefined
  return () => {
    running ??= start()
    return running
  }
}

/** Two tenants for local tokens: those that the database of the first source has, or else the default. */
export async function localTenants(
  directory: string,
  sources: readonly DeclaredSource[],
): Promise<readonly [string, string]> {
  const [first] = sources
  const kept = first && (await findSourceSecrets(directory, first.name))
  const [one = DEFAULT_TENANT, other = one] = kept?.tenants ?? []
  return [one, other]
}

/** The claims by which the sources know a caller's tenant. */
export function tenantClaims(sources: readonly DeclaredSource[]): readonly string[] {
  return [...new Set(sources.flatMap(({ lock }) => lock.tenant?.claim ?? []))]
}
