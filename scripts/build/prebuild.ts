/**
 * Writes the generated parts of the Worker's bundle (the SQL parser, the engines' drivers, the list of
 * toolsets to serve) and the files served beside it. Wrangler runs this before every build.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refusal } from '../cli/cli-error.ts'
import { buildAssets } from './prebuild/assets.ts'
import { bundleModules, INDEXES } from './prebuild/modules.ts'
import { smallParser } from './prebuild/parser.ts'
import { servedModule } from './prebuild/served.ts'
import { knownToolsets, readRowgateFile } from './rowgate-file.ts'
import { servedSources } from './served-sources.ts'

const BUILD = new URL('../../build/', import.meta.url)

/**
 * Writes only changed files, because `npm run dev` rebuilds on any write. Renames into place, because several
 * builds may run or read at once.
 */
function write(name: string, code: Uint8Array): void {
  const file = new URL(name, BUILD)
  mkdirSync(dirname(fileURLToPath(file)), { recursive: true })
  if (existsSync(file) && readFileSync(file).equals(code)) return
  const draft = new URL(`${file.href}.${process.pid}`)
  writeFileSync(draft, code)
  renameSync(draft, file)
}

write('served.js', Buffer.from(readOrExit()))
write('modules/parser.wasm', smallParser())
for (const [name, text] of Object.entries(INDEXES)) write(`modules/${name}`, Buffer.from(text))
for (const { name, code } of await bundleModules()) write(`modules/${name}.mjs`, code)
await writeAssets()

/** An earlier build's files would be uploaded too, so they go. */
async function writeAssets(): Promise<void> {
  const assets = await buildAssets()
  for (const { path, content } of assets) write(`assets/${path}`, content)
  const folder = fileURLToPath(new URL('assets/', BUILD))
  const kept = new Set(assets.map(({ path }) => join(folder, path)))
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    // Another build's draft has a process id at its end.
    if (entry.isFile() && !kept.has(path) && !/\.\d+$/.test(path)) rmSync(path, { force: true })
  }
}

/** An invalid `rowgate.yaml`, or one that does not fit its lock, stops the build with its error. */
function readOrExit(): string {
  try {
    const file = readRowgateFile()
    return servedModule(
      file,
      knownToolsets(),
      servedSources(file, fileURLToPath(new URL('../../', import.meta.url))),
    )
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
