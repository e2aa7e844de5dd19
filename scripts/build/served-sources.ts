/** The sources that a build bundles: those of `rowgate.yaml`, with what `rowgate up` locked of each. */

import { join } from 'node:path'
import type { LockFile, SourceLock } from '../../src/infra/config/lock-file.ts'
import type { RowgateFile } from '../../src/infra/config/rowgate-file.ts'
import type { DeclaredSource } from '../../src/infra/config/sources.ts'
import { Refusal } from '../cli/cli-error.ts'
import { sourceFileHash } from '../operate/source/file-hash.ts'
import { LOCK_NAME, readLockFile } from '../operate/source/lock-file.ts'

/** Throws a `Refusal` for a source whose lock is missing, or was made of another file. */
export function servedSources(file: RowgateFile | undefined, root: string): readonly DeclaredSource[] {
  const declared = Object.entries(file?.sources ?? {})
  if (declared.length === 0) return []
  const lock = readLock(root)
  return declared.map(([name, source]) => {
    const locked = lock.sources[name]
    if (locked === undefined) {
      throw new Refusal(
        `${LOCK_NAME} has no source \`${name}\`, which rowgate.yaml declares: run \`npx rowgate up\`.`,
      )
    }
    if (locked.fileHash !== sourceFileHash(source, root)) {
      throw new Refusal(
        `The source \`${name}\` of rowgate.yaml, or a file of its SQL tools, has changed since ${LOCK_NAME} was written: run \`npx rowgate up\`.`,
      )
    }
    return { name, connect: source.connect, audit: source.audit ?? false, lock: served(locked) }
  })
}

function readLock(root: string): LockFile {
  const lock = readLockFile(join(root, LOCK_NAME))
  if (lock !== undefined) return lock
  throw new Refusal(`${LOCK_NAME} is missing, and rowgate.yaml declares sources: run \`npx rowgate up\`.`)
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
