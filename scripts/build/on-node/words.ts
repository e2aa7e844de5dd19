/** The word vectors outside workerd, where a `.bin` file is no module: the same bytes, read from the disk. */

import { readFileSync } from 'node:fs'

const file = readFileSync(new URL('../../../src/embedding/words.bin', import.meta.url))

const bytes: ArrayBuffer = new Uint8Array(file).buffer
export default bytes
