/** The parser's compiled code as workerd hands it over: a Worker cannot compile WebAssembly from bytes. */

import code from 'libpg-query/wasm/libpg-query.wasm'

export default code
