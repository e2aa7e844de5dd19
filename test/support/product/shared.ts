/**
 * Fixtures that take seconds to make and are the same for every file. Vitest's main process makes each once
 * per run, at the first request. Files still start their own servers on them.
 */

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { knownToolsets } from '../../../scripts/build/rowgate-file.ts'
import { listen } from '../../../scripts/check/listen.ts'
import { d1Configs } from '../../../scripts/local/d1.ts'
import { exampleNames } from '../../../scripts/local/migration-files.ts'
import { startPostgresEndpoint } from '../../../scripts/local/postgres/endpoint.ts'
import { applyMigrations } from '../../../scripts/local/postgres/migrations.ts'
import { copyEmptyCluster } from '../../../scripts/local/postgres/pglite.ts'
import { QUIET } from '../../../scripts/local/wrangler-env.ts'
import { makeStandInTable } from './served/tables.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL at which files ask for a shared fixture. */
    shared: string
  }
}

const ROOT = join(import.meta.dirname, '../../..')

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js'
const ENTRY = 'test/support/product/served/index.ts'

/** The README's command for a deployment. */
const DEPLOY =
  /^ {4}npx wrangler (deploy .*)$/m.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]?.split(' ') ?? []

/** Gives the folder of the fixture on which another is based. */
type Get = (name: 'emptyCluster') => Promise<string>

/** Each gets a folder of its own. */
const MAKERS = {
  /** The Worker with the examples, built as for a deployment. */
  async worker(folder: string): Promise<void> {
    const [deploy = '', ...rest] = DEPLOY
    const args = [WRANGLER, deploy, ENTRY, ...rest, '--dry-run', '--outdir', folder]
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...QUIET } })
    await writeFile(join(folder, 'wrangler.json'), JSON.stringify(await builtConfig()))
  },
  /** The data of an embedded Postgres after its first start, which is the slowest step. */
  async emptyCluster(folder: string): Promise<void> {
    const copy = await copyEmptyCluster()
    await cp(copy, folder, { recursive: true })
    await rm(copy, { recursive: true, force: true })
  },
  /** The data of a migrated embedded Postgres. */
  async cluster(folder: string, get: Get): Promise<void> {
    await cp(await get('emptyCluster'), folder, { recursive: true })
    const endpoint = await startPostgresEndpoint({ dataDirectory: folder })
    await applyMigrations(endpoint.owner, { examples: exampleNames('postgresql') })
    await makeStandInTable(endpoint.owner)
    await endpoint.close()
  },
}

/** The bindings of wrangler.toml and of the examples, for the Worker that is built beside it. */
async function builtConfig() {
  // Imported late, because most runs start no harness.
  const { unstable_readConfig } = await import('wrangler')
  const { name, compatibility_date, compatibility_flags, rules, ratelimits, analytics_engine_datasets } =
    unstable_readConfig({ config: join(ROOT, 'wrangler.toml') })
  return {
    ...{ name, compatibility_date, compatibility_flags, rules, ratelimits, analytics_engine_datasets },
    main: 'index.js',
    d1_databases: d1Configs(knownToolsets().examples).flatMap((config) =>
      unstable_readConfig({ config }).d1_databases.map((database: { migrations_dir?: string }) => ({
        ...database,
        migrations_dir: resolve(dirname(config), database.migrations_dir ?? '.'),
      })),
    ),
  }
}

type Shared = keyof typeof MAKERS

function isShared(name: string): name is Shared {
  return Object.hasOwn(MAKERS, name)
}

/** Vitest's global setup. The result is the teardown. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-shared-'))
  const made = new Map<Shared, Promise<string>>()
  const get = (name: Shared) => {
    const making = made.get(name) ?? make(name, folder, get)
    made.set(name, making)
    return making
  }
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? ''
    if (!isShared(name)) {
      response.writeHead(404).end()
      return
    }
    get(name).then(
      (path) => response.end(path),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  project.provide('shared', `http://127.0.0.1:${await listen(server)}`)
  // In watch mode the fixtures' sources may have changed.
  project.onTestsRerun(async () => made.clear())
  return async () => {
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true, force: true })
  }
}

async function make(name: Shared, folder: string, get: Get): Promise<string> {
  const own = await mkdtemp(join(folder, `${name}-`))
  await MAKERS[name](own, get)
  return own
}

/** Gives the fixture's folder, which must not be written to. */
export async function shared(name: Shared): Promise<string> {
  const response = await fetch(`${inject('shared')}/${name}`)
  const text = await response.text()
  if (!response.ok) throw new Error(`The run could not make its ${name}: ${text}`)
  return text
}
