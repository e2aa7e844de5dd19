/** The hash by which a lock knows the source of `rowgate.yaml` that it was made of. */

import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonical } from '../../../src/infra/cache/key.ts'
import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'

/**
 * SHA-256, in hex, of the source's part of the file and of its files of SQL tools, which lie below `root`.
 * How the file is written, and its comments, do not count.
 */
export function sourceFileHash(source: SourceFile, root: string): string {
  const tools = toolFiles(source, root).map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }))
  return createHash('sha256')
    .update(canonical({ source, tools }) ?? '')
    .digest('hex')
}

/** Paths below `root`, sorted. */
export function toolFiles({ tools }: SourceFile, root: string): readonly string[] {
  if (tools === undefined) return []
  return globSync(tools, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
}
