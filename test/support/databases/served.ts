/**
 * An application's database as a person serves it: `rowgate init`, `rowgate up`, and the Worker on what they
 * made.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { parseRowgateFile } from '../../../scripts/build/rowgate-file.ts'
import { servedSources } from '../../../scripts/build/served-sources.ts'
import { findSourceSecrets, workerUrl } from '../../../scripts/local/source-secrets.ts'
import { init } from '../../../scripts/operate/source/init.ts'
import { up } from '../../../scripts/operate/source/up.ts'
import { toolsets } from '../../../src/toolsets/index.ts'
import { createWorker } from '../../../src/worker.ts'
import { type Rowgate, startRowgate } from '../product/rowgate.ts'
import { IDENTITY_KEY } from '../servers/databases.ts'
import { apartFromPassword } from '../servers/postgres15.ts'
import { createForeignDatabase, type ForeignDatabase, type ForeignName } from './foreign.ts'

export const SOURCE = 'app'

export interface ServedDatabase {
  readonly database: ForeignDatabase
  /** Folder of rowgate.yaml, its lock and the data folder; the options of the commands. */
  readonly places: { readonly file: string; readonly directory: string }
  /** The tenants' claim is `tenant`, Rowgate's own. */
  readonly rowgate: Rowgate
  close(): Promise<void>
}

interface Serving {
  /** Before anything of Rowgate is there. */
  readonly before?: (database: ForeignDatabase) => Promise<void>
  /** For `init --answers`, beside the claim. */
  readonly answers?: Readonly<Record<string, unknown>>
  /** A person's changes of the file that init wrote. */
  readonly edit?: (text: string) => string
}

/**
 * Call it in `beforeAll`: it prints nothing, and takes PGPASSWORD and IDENTITY_KEY for as long as it runs.
 */
export async function serveForeignDatabase(
  name: ForeignName,
  serving: Serving = {},
): Promise<ServedDatabase> {
  const database = await createForeignDatabase(name)
  await serving.before?.(database)
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-own-'))
  const places = { file: join(folder, 'rowgate.yaml'), directory: join(folder, 'data') }
  await quietly(database, async () => {
    const answers = join(folder, 'answers.json')
    const claim = name === 'recordshop' ? {} : { claim: 'tenant' }
    await writeFile(answers, JSON.stringify({ ...claim, ...serving.answers }))
    const { url } = apartFromPassword(database.url)
    await init({ ...places, url, source: SOURCE, yes: false, answers })
    const text = await readFile(places.file, 'utf8')
    await writeFile(places.file, serving.edit?.(text) ?? text)
    await up({ ...places, yes: true })
  })
  const file = parseRowgateFile(await readFile(places.file, 'utf8'), {
    toolsets: toolsets.map((toolset) => toolset.name),
    examples: [],
  })
  const sources = servedSources(file, folder)
  const secrets = await findSourceSecrets(places.directory, SOURCE)
  const url = secrets && workerUrl(secrets)
  const rowgate = await startRowgate({
    worker: createWorker({ toolsets, sources }),
    env: { IDENTITY_KEY, ...(url === undefined ? {} : { [sources[0]?.connect ?? '']: url }) },
  })
  return {
    ...{ database, places, rowgate },
    async close() {
      await rowgate.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a command of the owner's, whose password is in the environment, and prints nothing. */
export async function quietly<T>({ url }: ForeignDatabase, work: () => Promise<T>): Promise<T> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.stubEnv('PGPASSWORD', apartFromPassword(url).env.PGPASSWORD)
  vi.stubEnv('IDENTITY_KEY', IDENTITY_KEY)
  try {
    return await work()
  } finally {
    log.mockRestore()
    vi.unstubAllEnvs()
  }
}
