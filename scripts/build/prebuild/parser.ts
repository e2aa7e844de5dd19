/** The installed parser's code, with the smaller memory. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { shrink } from './parser-memory.ts'

export function smallParser(): Uint8Array<ArrayBuffer> {
  return shrink(readFileSync(fileURLToPath(import.meta.resolve('libpg-query/wasm/libpg-query.wasm'))))
}
