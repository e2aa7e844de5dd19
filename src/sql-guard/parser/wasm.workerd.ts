/** The parser's compiled module, as workerd provides it: a Worker cannot compile WebAssembly from bytes. */

// scripts/build/prebuild.ts writes it before each build.
import code from '../../../build/parser.wasm'

export default code
