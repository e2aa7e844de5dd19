/** Writes src/sandbox/parser.wasm, which the Worker is built with. Wrangler runs this before every build. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { smallParser } from './parser/published.ts'

const file = new URL('../src/sandbox/parser.wasm', import.meta.url)
const code = Buffer.from(smallParser())

// Several builds may run at once, and one may be reading.
if (!existsSync(file) || !readFileSync(file).equals(code)) {
  const draft = new URL(`parser.wasm.${process.pid}`, file)
  writeFileSync(draft, code)
  renameSync(draft, file)
}
