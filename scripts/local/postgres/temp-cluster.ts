/** Temporary data directories, copied from one template cluster, because initdb takes seconds. */

import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const CACHE = join(MODULES, '.cache/rowgate')

/** `make` must create a cluster in the given folder: open a Postgres on it and close it again. */
export async function throwawayDirectory(make: (directory: string) => Promise<void>): Promise<string> {
  // The template depends on the version of Postgres.
  const manifest = await readFile(join(MODULES, '@electric-sql/pglite/package.json'), 'utf8')
  const template = join(CACHE, `postgres-${JSON.parse(manifest).version}`)
  if (!(await exists(template))) await makeTemplate(template, make)
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-postgres-'))
  await cp(template, directory, { recursive: true })
  return directory
}

/** Renamed into place when complete, so that nobody copies a part of it. */
async function makeTemplate(template: string, make: (directory: string) => Promise<void>): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  const draft = await mkdtemp(join(CACHE, 'draft-'))
  await make(draft)
  try {
    await rename(draft, template)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!(await exists(template))) throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
