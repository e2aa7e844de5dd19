/**
 * The process behind `rowgate start`: the database and its endpoint, then the Worker. `start.ts` starts and
 * stops it.
 */

import { createServer } from 'node:net'
import { join } from 'node:path'
import type { DeclaredSource } from '../../src/infra/config/sources.ts'
import { Refusal, reportFailure } from '../cli/cli-error.ts'
import { print } from '../cli/terminal.ts'
import { askParent } from './ask.ts'
import { applyD1Migrations, d1Configs } from './d1.ts'
import { lockDirectory, openDirectory, serverDirectory } from './directory.ts'
import { type LocalIssuer, openIssuer } from './issuer.ts'
import { exampleNames } from './migration-files.ts'
import { applyMySqlMigrations } from './mysql/migrations.ts'
import { openOwnerEndpoint } from './owner-endpoint.ts'
import { adviceFor, adviceText } from './postgres/advice.ts'
import { type Owner, PostgresError } from './postgres/backend.ts'
import { type PostgresEndpoint, startPostgresEndpoint } from './postgres/endpoint.ts'
import { planLines } from './postgres/plan-text.ts'
import { type Prepared, prepareDatabase, prepareEmbedded } from './postgres/prepare.ts'
import { logsIn } from './postgres/server.ts'
import { allScopes } from './scopes.ts'
import { runSeeds } from './seeds.ts'
import { servedExamples } from './served-examples.ts'
import { localSources, localTenants, openSources, tenantClaims } from './sources.ts'
import type { StartOptions } from './start.ts'
import { keepTenantClaims } from './tenant-claim.ts'
import { watchSources } from './watch-sources.ts'
import { startWorker } from './worker.ts'
import { checkSettings, settingsFrom } from './worker-settings.ts'

/** Lifetime of the printed tokens: a day's work. */
const READY_TOKEN_S = 12 * 3600

/** Things to stop, newest last; stopped in reverse order. */
const started: (() => Promise<void>)[] = []

async function run(options: StartOptions): Promise<void> {
  await refuseTakenPort(options.port)
  const directory = await openDirectory(options.directory)
  started.push(await lockDirectory(directory))
  const settings = settingsFrom(process.env)
  const sources = sourcesToServe(options)
  const { AUTH_TENANT_CLAIM: claim } = settings
  await keepTenantClaims(directory, [...(claim === undefined ? [] : [claim]), ...tenantClaims(sources)])
  const issuer = await openIssuer(directory)
  const opened =
    sources.length > 0 ? await openDeclared(options, directory, sources) : await openOwn(options, directory)
  const variables = {
    ...settings,
    ...opened.settings,
    ENVIRONMENT: 'development',
    LOCAL_JWKS: issuer.jwks,
    // Clients log in here, unless they are to log in at an issuer of the developer's own.
    ...(settings.AUTH_ISSUER === undefined && { LOCAL_ISSUER_KEY: issuer.privateKey }),
  }
  checkSettings(variables, { hasSources: sources.length > 0 })
  const [worker] = await Promise.all([
    startWorker({ ...options, ...opened.d1, variables, examples: opened.allExamples }),
    opened.seed(),
  ])
  started.push(() => worker.dispose())
  await announce({ options, directory, issuer, examples: opened.examples, sources })
}

interface Opened {
  readonly settings: Readonly<Record<string, string>>
  readonly examples: readonly string[]
  readonly allExamples: boolean
  readonly d1: { readonly d1Configs: readonly string[]; readonly persist: string }
  seed(): Promise<unknown>
}

/** The sources of rowgate.yaml, which are served instead of a database of `npm start`'s own. */
function sourcesToServe({ postgresUrl, examples }: StartOptions): readonly DeclaredSource[] {
  const sources = localSources()
  if (sources.length > 0 && (postgresUrl !== undefined || examples)) {
    const option = examples ? '--examples' : '--postgres'
    throw new Refusal(
      `${option} is for a start without sources, and rowgate.yaml declares some: leave it out.`,
    )
  }
  return sources
}

async function openDeclared(
  { watch }: StartOptions,
  directory: string,
  sources: readonly DeclaredSource[],
): Promise<Opened> {
  const { settings, databases, close } = await openSources(directory, sources)
  started.push(close)
  if (watch) started.push(await watchSources(databases))
  const d1 = { d1Configs: [], persist: join(directory, 'wrangler') }
  return { settings, examples: [], allExamples: false, d1, seed: async () => undefined }
}

async function openOwn(options: StartOptions, directory: string): Promise<Opened> {
  const endpoint = await openEndpoint(options, directory)
  started.push(() => endpoint.close())
  const examples = servedExamples({ asked: options.examples, embedded: options.postgresUrl === undefined })
  if (examples.names.length > 0) {
    print('Preparing the database. The first start adds the examples, which takes some seconds.')
  }
  const d1 = { d1Configs: d1Configs(examples.names), persist: join(directory, 'wrangler') }
  const [settings] = await Promise.all([
    orRefuse(openDatabase({ endpoint, options, directory, examples: examples.names })),
    prepareMySql(examples.names),
    applyD1Migrations(d1.d1Configs, d1.persist),
  ])
  started.push(await openOwnerEndpoint(directory, endpoint.owner))
  const seed = () => orRefuse(runSeeds(endpoint.owner, examples.names))
  return { settings, examples: examples.names, allExamples: examples.all, d1, seed }
}

async function orRefuse<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error
    throw new Refusal(`The database could not be prepared: ${error.message}.`)
  }
}

async function openEndpoint(options: StartOptions, directory: string): Promise<PostgresEndpoint> {
  const { postgresUrl } = options
  if (postgresUrl === undefined) {
    return await startPostgresEndpoint({ dataDirectory: join(directory, 'postgres') })
  }
  return await startPostgresEndpoint({ postgresUrl }).catch((error: unknown) => {
    const said = error instanceof Error && error.message !== '' ? error.message : 'nothing answers there'
    throw new Refusal(`The server of --postgres cannot be used: ${said}.`)
  })
}

interface Opening {
  readonly endpoint: PostgresEndpoint
  readonly options: StartOptions
  readonly directory: string
  /** Names of the examples whose tables are migrated. */
  readonly examples: readonly string[]
}

/** Migrates the database and gives the Worker's settings for it. */
async function openDatabase({ endpoint, options, directory, examples }: Opening) {
  const { owner, url, handOut } = endpoint
  const { login, identityKey } =
    options.postgresUrl === undefined
      ? await prepareEmbedded(owner, directory, examples)
      : await prepareServer(owner, { ...options, postgresUrl: options.postgresUrl, directory, examples })
  return { DATABASE_URL: handOut(login), DATABASE_FETCH_ENDPOINT: url, IDENTITY_KEY: identityKey }
}

interface ServerOptions extends Pick<StartOptions, 'login' | 'yes'>, Pick<Opening, 'directory' | 'examples'> {
  readonly postgresUrl: string
}

/** A server is somebody else's: ask before changing it. */
async function prepareServer(
  owner: Owner,
  { postgresUrl, login, yes, directory, examples }: ServerOptions,
): Promise<Prepared> {
  const folder = await serverDirectory(directory, postgresUrl)
  const prepared = await prepareDatabase({
    owner,
    folder,
    login,
    examples: exampleNames('postgresql', examples),
    async confirm(plan) {
      const lines = planLines(plan).map((line) => `  - ${line}`)
      print(
        `This will be created in the database "${plan.state.database}" of --postgres:\n\n${lines.join('\n')}\n`,
      )
      print(`The secrets will be stored in ${folder}. Nothing else in the database will change.`)
      if (!yes) await askParent('Go on?')
    },
    logsIn: (asked) => logsIn(postgresUrl, asked),
  })
  print(adviceText(await adviceFor(owner)))
  return prepared
}

/** The developer's own MySQL, if MYSQL_URL is set. */
async function prepareMySql(examples: readonly string[]): Promise<void> {
  const { MYSQL_OWNER_URL, MYSQL_URL } = process.env
  if (!MYSQL_URL) return
  const names = exampleNames('mysql', examples)
  await applyMySqlMigrations(MYSQL_OWNER_URL || MYSQL_URL, names).catch((error: unknown) => {
    const said = error instanceof Error && error.message !== '' ? error.message : 'nothing answers there'
    throw new Refusal(`The server of MYSQL_URL cannot be used: ${said}.`)
  })
}

interface Serving extends Omit<Opening, 'endpoint'> {
  readonly issuer: LocalIssuer
  readonly sources: readonly DeclaredSource[]
}

async function announce({ options, directory, issuer, examples, sources }: Serving): Promise<void> {
  const scopes = allScopes(sources)
  const [hers, his] = await localTenants(directory, sources)
  const token = (user: string, tenant: string) =>
    issuer.sign({ user, scopes, tenant: options.tenant ?? tenant, ttlSeconds: READY_TOKEN_S })
  const alice = await token('alice', hers)
  const url = `http://localhost:${options.port}/mcp`
  const kept = options.postgresUrl === undefined ? directory : 'the server of --postgres'
  const name = examples.includes('tasks') ? 'list_tasks' : 'list_tables'
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: chosenIn(sources) } }
  print(`
MCP endpoint   ${url}
connect        claude mcp add --transport http rowgate ${url}
alice          ${alice}
bob            ${await token('bob', his)}
data           ${kept}

A client that gets the URL alone opens a page on which you log in. The tokens are for everything else, valid for ${READY_TOKEN_S / 3600} hours. For another: npm run token -- --user NAME. Try:

curl -s ${url} -H 'content-type: application/json' -H 'accept: application/json, text/event-stream' -H 'authorization: Bearer ${alice}' -d '${JSON.stringify(call)}'

Ctrl-C stops everything.`)
}

/** The arguments that a call needs where there are several sources. */
function chosenIn([first, ...others]: readonly DeclaredSource[]): object {
  return first === undefined || others.length === 0 ? {} : { source: first.name }
}

/** Checks both addresses of `localhost`, so that no other program gets the requests meant for this one. */
async function refuseTakenPort(port: number): Promise<void> {
  for (const host of ['127.0.0.1', '::1']) {
    const probe = createServer()
    const error = await new Promise<unknown>((resolve) => {
      probe.once('error', resolve).listen({ port, host, exclusive: true }, () => resolve(undefined))
    })
    await new Promise((resolve) => probe.close(resolve))
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Refusal(`Port ${port} is taken: stop what listens there, or choose another with PORT=9000.`)
    }
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') {
      throw new Refusal(`Port ${port} may not be used by this user: choose another with PORT=9000.`)
    }
  }
}

async function stop(): Promise<void> {
  for (const close of started.splice(0).reverse()) await close()
}

let stopping = false

/** The parent asked to stop, or has ended. */
process.once('disconnect', () => {
  stopping = true
  void stop().finally(() => process.exit())
})

/** The first message holds the options, which `start.ts` has validated. */
process.once('message', (options: StartOptions) => void runOrReport(options))

async function runOrReport(options: StartOptions): Promise<void> {
  try {
    await run(options)
  } catch (error) {
    // An error during a requested stop is no failure.
    if (stopping) return
    await stop()
    reportFailure('rowgate start', error)
    process.disconnect?.()
  }
}
