/**
 * Writes the generated parts of the Worker's bundle: the SQL parser, the engines' drivers, and the list of
 * toolsets to serve. Wrangler runs this before every build.
 */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Refusal } from '../cli/cli-error.ts'
import { bundleDrivers, driversIndex } from './prebuild/drivers.ts'
import { smallParser } from './prebuild/parser.ts'
import { servedModule } from './prebuild/served.ts'
import { knownToolsets, readRowgateFile } from './rowgate-file.ts'

const BUILD = new URL('../../build/', import.meta.url)

/**
 * Writes only changed files, because `npm run dev` rebuilds on any write. Renames into place, because several
 * builds may run or read at once.
 */
function write(name: string, code: Uint8Array): void {
  const file = new URL(name, BUILD)
  if (existsSync(file) && readFileSync(file).equals(code)) return
  const draft = new URL(`${file.href}.${process.pid}`)
  writeFileSync(draft, code)
  renameSync(draft, file)
}

mkdirSync(new URL('drivers/', BUILD), { recursive: true })
write('parser.wasm', smallParser())
write('served.js', Buffer.from(servedModule(readOrExit(), knownToolsets())))
write('drivers/index.js', Buffer.from(driversIndex()))
for (const { name, code } of await bundleDrivers()) write(`drivers/${name}.mjs`, code)

/** An invalid `rowgate.yaml` stops the build with its error. */
function readOrExit() {
  try {
    return readRowgateFile()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
