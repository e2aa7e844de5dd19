/**
 * The SQL parser's WebAssembly module under Node, for tests and scripts.
 * In workerd it is src/sql-guard/parser/wasm.workerd.ts.
 */

import { smallParser } from '../prebuild/parser.ts'

export default new WebAssembly.Module(smallParser())
