/** The parser's compiled code under Node, for tests and scripts. workerd takes it from src/sql-guard/parser/wasm.workerd.ts. */

import { smallParser } from '../prebuild/parser.ts'

export default new WebAssembly.Module(smallParser())
