/** The word vectors under Node, which cannot import a `.bin` file: the same bytes, read from disk. */

import { readFileSync } from 'node:fs'

const file = readFileSync(new URL('../../../src/embedding/words.bin', import.meta.url))

const bytes: ArrayBuffer = new Uint8Array(file).buffer
export default bytes
