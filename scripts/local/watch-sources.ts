/**
 * `npm run dev` on declared sources: when a file of an SQL tool is saved, describes the tools and writes
 * them to rowgate.lock.json, at which wrangler rebuilds the Worker. Files are compared and not watched: an
 * editor may put a new file in an old one's place.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { canonical } from '../../src/infra/cache/key.ts'
import { Refusal } from '../cli/cli-error.ts'
import { print } from '../cli/terminal.ts'
import { sourceFileHash } from '../operate/source/file-hash.ts'
import { writeSourceLock } from '../operate/source/lock-file.ts'
import { type DeclaredSource, declaredSources } from '../operate/source/source-plan.ts'
import type { Owner } from './postgres/backend.ts'
import { openServer } from './postgres/server.ts'

/** Between two looks, in milliseconds. */
const LOOK_MS = 300

/** The URL of the Worker's login, or the embedded Postgres. */
type Database = string | Owner

/** Gives the function that stops it. */
export async function watchSources(databases: ReadonlyMap<string, Database>): Promise<() => Promise<void>> {
  const stopping = new AbortController()
  const { signal } = stopping
  const served = new Map((await declaredSources({})).map((source) => [source.name, canonical(source.file)]))
  let said = ''
  async function look(): Promise<void> {
    while (!signal.aborted) {
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) continue
      const lines = await reload(databases, served).catch((error: unknown) => [
        `Not reloaded: ${error instanceof Refusal ? error.message : `${String(error)}.`}`,
      ])
      const text = lines.join('\n')
      if (text !== '' && text !== said) print(text)
      said = text
    }
  }
  const looking = look()
  return async () => {
    stopping.abort()
    await looking
  }
}

/** `served` is what rowgate.yaml said of each source when `up` last made it. Gives what is to be said. */
async function reload(
  databases: ReadonlyMap<string, Database>,
  served: Map<string, string | undefined>,
): Promise<readonly string[]> {
  const lines: string[] = []
  for (const source of await declaredSources({})) {
    const { name, file, root, previous } = source
    const [database, written] = [databases.get(name), canonical(file)]
    if (previous?.fileHash === sourceFileHash(file, root)) {
      served.set(name, written)
      continue
    }
    // `up` applies changes of rowgate.yaml's tables; only files of SQL tools are read again here.
    if (database === undefined || served.get(name) !== written) {
      lines.push(`The source ${name} of rowgate.yaml has changed: run \`npx rowgate up\`.`)
    } else lines.push(...(await reloadSqlTools(source, database)))
  }
  return lines
}

/** Describes the tools again, and writes them to the lock. Gives the text to print. */
export async function reloadSqlTools(source: DeclaredSource, database: Database): Promise<readonly string[]> {
  const { name, file, root, lockPath, previous } = source
  if (previous === undefined) return []
  const { readSqlTools } = await import('../operate/source/sql-tools.ts')
  const { claimsOf } = await import('../operate/source/views/lock.ts')
  // Before they are read: a file that is saved meanwhile is read again.
  const fileHash = sourceFileHash(file, root)
  const { tables, viewSchema } = previous
  const { tools, problems } = await withOwner(database, (owner) =>
    readSqlTools({ file, root, tables, viewSchema, owner, isMade: true }),
  )
  await writeSourceLock(lockPath, name, { ...previous, fileHash, tools, claims: claimsOf(file, tools) })
  const names = tools.map((tool) => tool.name).join(', ') || 'none'
  return [`SQL tools of ${name}: ${names}.`, ...problems.map((problem) => `SQL tool left out: ${problem}`)]
}

async function withOwner<T>(database: Database, work: (owner: Owner) => Promise<T>): Promise<T> {
  if (typeof database !== 'string') return await work(database)
  const server = await openServer(database)
  try {
    return await work(server.owner)
  } finally {
    await server.close()
  }
}
