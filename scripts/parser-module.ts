/** The parser's compiled code under Node, for tests and scripts. workerd takes it from src/sandbox/parser-module.ts. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(import.meta.resolve('libpg-query/wasm/libpg-query.wasm'))

export default new WebAssembly.Module(readFileSync(path))
