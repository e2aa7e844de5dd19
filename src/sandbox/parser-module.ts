/** The parser's compiled code as workerd hands it over: a Worker cannot compile WebAssembly from bytes. */

// scripts/prebuild.ts writes it before each build.
import code from './parser.wasm'

export default code
