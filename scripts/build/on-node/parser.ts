/**
 * The SQL parser on Node, for tests and scripts. In workerd it is a module that scripts/build/prebuild
 * writes.
 */

import { smallParser } from '../prebuild/parser.ts'

export const parser = async () => ({
  createParser: (await import('libpg-query/wasm/libpg-query.js')).default,
  code: new WebAssembly.Module(smallParser()),
})
