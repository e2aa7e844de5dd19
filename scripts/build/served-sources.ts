/** The sources that a build bundles: those of `rowgate.yaml`, with what `rowgate up` locked of each. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LockFile, SourceLock } from '../../src/infra/config/lock-file.ts'
import type { RowgateFile } from '../../src/infra/config/rowgate-file.ts'
import type { DeclaredSource } from '../../src/infra/config/sources.ts'
import { Refusal } from '../cli/cli-error.ts'
import { sourceFileHash } from '../operate/source/file-hash.ts'

const LOCK_FILE = 'rowgate.lock.json'

/** Throws a `Refusal` for a source whose lock is missing, or was made of another file. */
export function servedSources(file: RowgateFile | undefined, root: string): readonly DeclaredSource[] {
  const declared = Object.entries(file?.sources ?? {})
  if (declared.length === 0) return []
  const lock = readLock(root)
  return declared.map(([name, source]) => {
    const locked = lock.sources[name]
    if (locked === undefined) {
      throw new Refusal(
        `${LOCK_FILE} has no source \`${name}\`, which rowgate.yaml declares: run \`npx rowgate up\`.`,
      )
    }
    if (locked.fileHash !== sourceFileHash(source, root)) {
      throw new Refusal(
        `The source \`${name}\` of rowgate.yaml, or a file of its SQL tools, has changed since ${LOCK_FILE} was written: run \`npx rowgate up\`.`,
      )
    }
    return { name, connect: source.connect, audit: source.audit ?? false, lock: served(locked) }
  })
}

function readLock(root: string): LockFile {
  const path = join(root, LOCK_FILE)
  if (!existsSync(path)) {
    throw new Refusal(`${LOCK_FILE} is missing, and rowgate.yaml declares sources: run \`npx rowgate up\`.`)
  }
  const lock: unknown = parse(readFileSync(path, 'utf8'))
  if (typeof lock === 'object' && lock !== null && Reflect.get(lock, 'version') === 1) return lock as LockFile
  throw new Refusal(`${LOCK_FILE} cannot be read as version 1 of its format: run \`npx rowgate up\`.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Without the columns' hashes, a quarter of it, which only `sync` and `check` read. */
function served(lock: SourceLock): SourceLock {
  return {
    ...lock,
    tables: lock.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, hash: '' })),
    })),
  }
}
