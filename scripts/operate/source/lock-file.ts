/** `rowgate.lock.json`, beside rowgate.yaml: what `up` made of each source. */

import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import type { LockFile, SourceLock } from '../../../src/infra/config/lock-file.ts'
import { Refusal } from '../../cli/cli-error.ts'
import { parseJson } from '../../local/json.ts'

export const LOCK_NAME = 'rowgate.lock.json'

/** Undefined if there is none. */
export function readLockFile(path: string): LockFile | undefined {
  if (!existsSync(path)) return undefined
  const lock = parseJson(readFileSync(path, 'utf8'))
  // Its shape is the commands' own; people commit it and do not edit it.
  if (typeof lock === 'object' && lock !== null && Reflect.get(lock, 'version') === 1) return lock as LockFile
  throw new Refusal(
    `${path} cannot be read as version 1 of its format: restore it, or remove it and run \`rowgate up\`.`,
  )
}

/** Replaces one source's part, or removes it. The other sources' stays as it is. */
export async function writeSourceLock(
  path: string,
  name: string,
  lock: SourceLock | undefined,
): Promise<void> {
  const known = readLockFile(path)?.sources ?? {}
  const entries = Object.entries(known).filter(([other]) => other !== name)
  if (lock !== undefined) entries.push([name, lock])
  const sources = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeFile(`${path}.new`, `${JSON.stringify({ version: 1, sources }, undefined, 2)}\n`)
  await rename(`${path}.new`, path)
}
