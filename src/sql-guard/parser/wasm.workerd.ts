/** The parser's compiled code as workerd hands it over: a Worker cannot compile WebAssembly from bytes. */

// scripts/build/prebuild.ts writes it before each build.
import code from '../../../build/parser.wasm'

export default code
