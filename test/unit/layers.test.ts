/** The linter refuses what DESIGN's layer table and STYLE forbid: each rule is broken once, in a copy of the project. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyProject, PROJECT, RULES } from '../support/project-copy.ts'

const LAYERS = 'lint/style/noRestrictedImports'

/** File, code, and the rule that must refuse it. A file that names a real one replaces it in the copy. */
const violations: [file: string, code: string, rule: string][] = [
  ['src/infra/x01.ts', "export { a } from '../data/connections.ts'", LAYERS],
  ['src/infra/x02.ts', "import type { a } from '../http/host.ts'\nexport type B = a", LAYERS],
  ['src/infra/x03.ts', "export const a = () => import('../mcp/tool.ts')", LAYERS],
  ['src/infra/x04.ts', "import { Hono } from 'hono'\nexport const a = new Hono()", LAYERS],
  ['src/http/x05.ts', "import type { Tool } from '../mcp/tool.ts'\nexport type A = Tool", LAYERS],
  ['src/http/x06.ts', "import { a } from '../data/postgres.ts'\nexport const b = a", LAYERS],
  ['src/http/x07.ts', "import { a } from '../toolsets/tasks/tools.ts'\nexport const b = a", LAYERS],
  ['src/http/x08.ts', "import { a } from './../data/postgres.ts'\nexport const b = a", LAYERS],
  ['src/http/x09.ts', "import { a } from '../infra/../data/postgres.ts'\nexport const b = a", LAYERS],
  ['src/http/x10.ts', "import { neon } from '@neondatabase/serverless'\nexport const b = neon", LAYERS],
  ['src/http/x11.ts', "import * as z from 'zod'\nexport const b = z", LAYERS],
  ['src/http/x12.ts', "import { a } from '../app.ts'\nexport const b = a", LAYERS],
  ['src/data/x13.ts', "import type { Tool } from '../mcp/tool.ts'\nexport type A = Tool", LAYERS],
  ['src/data/x14.ts', "import { a } from '../toolsets/index.ts'\nexport const b = a", LAYERS],
  ['src/data/x15.ts', "import { a } from './mysql.ts'\nexport const b = a", LAYERS],
  ['src/data/x16.ts', "import { a } from './../http/host.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x17.ts', "import { a } from '../http/bearer.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x18.ts', "import { a } from '../data/postgres.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x19.ts', "import { a } from '../toolsets/index.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x20.ts', "import { sql } from 'drizzle-orm'\nexport const b = sql", LAYERS],
  ['src/toolsets/tasks/x21.ts', "import { a } from '../retail/tables.ts'\nexport const b = a", LAYERS],
  ['src/toolsets/tasks/x22.ts', "import { a } from '../../data/postgres.ts'\nexport const b = a", LAYERS],
  ['src/toolsets/tasks/x23.ts', "import { a } from '../../mcp/result.ts'\nexport const b = a", LAYERS],
  ['src/toolsets/tasks/x24.ts', "import { a } from '../../http/bearer.ts'\nexport const b = a", LAYERS],
  [
    'src/toolsets/tasks/x25.ts',
    "import { drizzle } from 'drizzle-orm/neon-http'\nexport const b = drizzle",
    LAYERS,
  ],
  ['src/toolsets/tasks/x26.ts', "export { a } from './../retail/service.ts'", LAYERS],
  ['src/toolsets/index.ts', "import { a } from './tasks/service.ts'\nexport const b = a", LAYERS],
  ['src/app.ts', "import { a } from './mcp/endpoint.ts'\nexport const b = a", LAYERS],
  ['src/index.ts', "import { a } from './toolsets/tasks/tools.ts'\nexport const b = a", LAYERS],
  [
    'src/http/x30.ts',
    "import { readFileSync } from 'node:fs'\nexport const b = readFileSync",
    'lint/correctness/noNodejsModules',
  ],
  ['src/http/x31.ts', "console.log('x')", 'lint/suspicious/noConsole'],
  [
    'src/http/x32.ts',
    "import { b } from './x33.ts'\nexport const a = () => b",
    'lint/suspicious/noImportCycles',
  ],
  [
    'src/http/x33.ts',
    "import { a } from './x32.ts'\nexport const b = () => a",
    'lint/suspicious/noImportCycles',
  ],
  ['src/http/x34.ts', 'async function a() {}\na()', 'lint/nursery/noFloatingPromises'],
  [
    'src/http/x35.ts',
    'async function a() {\n  return true\n}\nexport function b() {\n  if (a()) return 1\n  return 2\n}',
    'lint/nursery/noMisusedPromises',
  ],
  [
    'src/http/x36.ts',
    "export function a(kind: 'x' | 'y') {\n  switch (kind) {\n    case 'x':\n      return 1\n  }\n}",
    'lint/nursery/useExhaustiveSwitchCases',
  ],
  [
    'src/http/x37.ts',
    "export * from './host.ts'\nexport * from './body.ts'",
    'lint/performance/noBarrelFile',
  ],
  ['src/http/x38.ts', 'export const a: any = 1', 'lint/suspicious/noExplicitAny'],
  ['src/http/x39.ts', 'export const a = [1].at(0)!', 'lint/style/noNonNullAssertion'],
  [
    'src/http/x40.ts',
    "import { a } from './host'\nexport const b = a",
    'lint/correctness/useImportExtensions',
  ],
  ['src/sandbox/x42.ts', "import { a } from '../data/postgres.ts'\nexport const b = a", LAYERS],
  ['src/sandbox/x43.ts', "import { a } from '../toolsets/sql/tools.ts'\nexport const b = a", LAYERS],
  ['src/sandbox/x44.ts', "import { sql } from 'drizzle-orm'\nexport const b = sql", LAYERS],
  ['src/infra/x41.ts', "import { z } from 'zod'\nexport const b = z", 'plugin'],
  ['src/toolsets/tasks/x50.ts', `export const a = (b: string) => \`select \${b}\``, 'plugin'],
  [
    'src/toolsets/tasks/x51.ts',
    `export const a = (b: string) => \`\n  INSERT INTO t VALUES (\${b})\``,
    'plugin',
  ],
  ['src/data/x52.ts', "export const a = (b: string) => 'update t set c = ' + b + ' where true'", 'plugin'],
  [
    'src/toolsets/tasks/x53.ts',
    "import { sql } from 'drizzle-orm'\nexport const a = (b: string) => sql.raw(b)",
    'plugin',
  ],
]

/** What every layer may do, and some of it looks like what it may not. */
const allowed: [file: string, code: string][] = [
  ['src/http/y01.ts', "import { cors } from 'hono/cors'\nexport const a = cors"],
  ['src/http/y02.ts', "import { a } from '../infra/errors.ts'\nexport const b = a"],
  ['src/toolsets/tasks/y03.ts', "import type { a } from '../../data/connections.ts'\nexport type B = a"],
  ['src/toolsets/tasks/y04.ts', "import { sql } from 'drizzle-orm'\nexport const a = sql"],
  ['src/mcp/y05.ts', "import type { a } from '../data/connections.ts'\nexport type B = a"],
  ['src/data/y06.ts', "import { neon } from '@neondatabase/serverless'\nexport const a = neon"],
  ['src/sandbox/y09.ts', "import type { a } from '../data/connections.ts'\nexport type B = a"],
  [
    'src/toolsets/tasks/y10.ts',
    "import { runQuery } from '../../sandbox/query.ts'\nexport const a = runQuery",
  ],
  ['src/toolsets/tasks/y11.ts', "import { pageOf } from '../../mcp/page.ts'\nexport const a = pageOf"],
  ['src/infra/log.ts', "console.log('x')"],
  ['scripts/y07.ts', "console.log('x')"],
  [
    'src/toolsets/tasks/y20.ts',
    `import { sql } from 'drizzle-orm'\nexport const a = (b: string) => sql\`select \${b}\``,
  ],
  ['src/data/y21.ts', `export const a = (b: string) => \`Say what to select: \${b}\``],
]

interface Diagnostic {
  readonly category: string
  readonly location: { readonly path: string }
}

let copy: string
let refused: Map<string, Set<string>>

beforeAll(() => {
  copy = copyProject(...RULES, 'src')
  for (const [file, code] of [...violations, ...allowed]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    writeFileSync(join(copy, file), `${code}\n`)
  }
  refused = lint()
})
afterAll(() => {
  rmSync(copy, { recursive: true, force: true })
})

/** Runs the linter on the copy: the rules that refused each file. */
function lint(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { category, location } of diagnostics()) {
    found.set(location.path, (found.get(location.path) ?? new Set()).add(category))
  }
  return found
}

function diagnostics(): Diagnostic[] {
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
  try {
    execFileSync(join(PROJECT, 'node_modules/.bin/biome'), args, { cwd: copy, stdio: 'pipe' })
  } catch (failed) {
    // It exits 1 when it refuses anything; what it wrote is on the error.
    const { stdout } = failed as { stdout: Buffer }
    return (JSON.parse(stdout.toString()) as { diagnostics: Diagnostic[] }).diagnostics
  }
  return []
}

test.each(violations)('%s is refused: %s (%s)', (file, _, rule) => {
  expect([...(refused.get(file) ?? [])]).toContain(rule)
})

test.each(allowed)('%s is allowed: %s', (file) => {
  expect([...(refused.get(file) ?? [])]).toEqual([])
})
