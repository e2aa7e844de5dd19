/**
 * The linter refuses what DESIGN's layer table and STYLE forbid: each rule is broken once, in a copy of the
 * project.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyProject, PROJECT, RULES } from '../../support/product/project-copy.ts'

const LAYERS = 'lint/style/noRestrictedImports'

/** File, code, and the rule that must refuse it. A file that names a real one replaces it in the copy. */
const violations: [file: string, code: string, rule: string][] = [
  ['src/infra/x01.ts', "export { a } from '../data/connections.ts'", LAYERS],
  ['src/infra/x02.ts', "import type { a } from '../http/host.ts'\nexport type B = a", LAYERS],
  ['src/infra/x03.ts', "export const a = () => import('../toolkit/tool.ts')", LAYERS],
  ['src/infra/x04.ts', "import { Hono } from 'hono'\nexport const a = new Hono()", LAYERS],
  ['src/http/x05.ts', "import type { Tool } from '../toolkit/tool.ts'\nexport type A = Tool", LAYERS],
  ['src/http/x06.ts', "import { a } from '../data/postgres/connector.ts'\nexport const b = a", LAYERS],
  ['src/http/x07.ts', "import { a } from '../examples/tasks/tools.ts'\nexport const b = a", LAYERS],
  ['src/http/x08.ts', "import { a } from './../data/postgres/connector.ts'\nexport const b = a", LAYERS],
  [
    'src/http/x09.ts',
    "import { a } from '../infra/../data/postgres/connector.ts'\nexport const b = a",
    LAYERS,
  ],
  ['src/http/x10.ts', "import { neon } from '@neondatabase/serverless'\nexport const b = neon", LAYERS],
  ['src/http/x11.ts', "import * as z from 'zod'\nexport const b = z", LAYERS],
  ['src/http/x12.ts', "import { a } from '../app.ts'\nexport const b = a", LAYERS],
  ['src/data/x13.ts', "import type { Tool } from '../toolkit/tool.ts'\nexport type A = Tool", LAYERS],
  ['src/data/x14.ts', "import { a } from '../toolsets/index.ts'\nexport const b = a", LAYERS],
  ['src/data/x15.ts', "import { a } from './mysql/connector.ts'\nexport const b = a", LAYERS],
  ['src/data/x16.ts', "import { a } from './../http/host.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x17.ts', "import { a } from '../http/auth/bearer.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x18.ts', "import { a } from '../data/postgres/connector.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x19.ts', "import { a } from '../toolsets/index.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x20.ts', "import { sql } from 'drizzle-orm'\nexport const b = sql", LAYERS],
  ['src/examples/tasks/x21.ts', "import { a } from '../retail/tables.ts'\nexport const b = a", LAYERS],
  [
    'src/examples/tasks/x22.ts',
    "import { a } from '../../data/postgres/connector.ts'\nexport const b = a",
    LAYERS,
  ],
  ['src/examples/tasks/x23.ts', "import { a } from '../../mcp/result.ts'\nexport const b = a", LAYERS],
  ['src/examples/tasks/x24.ts', "import { a } from '../../http/auth/bearer.ts'\nexport const b = a", LAYERS],
  [
    'src/examples/tasks/x25.ts',
    "import { drizzle } from 'drizzle-orm/neon-http'\nexport const b = drizzle",
    LAYERS,
  ],
  ['src/examples/tasks/x26.ts', "export { a } from './../retail/service.ts'", LAYERS],
  ['src/toolsets/index.ts', "import { a } from './sql/service.ts'\nexport const b = a", LAYERS],
  ['src/data/engines.ts', "import { a } from './mysql/connector.ts'\nexport const b = a", LAYERS],
  ['src/examples/index.ts', "import { a } from './tasks/service.ts'\nexport const b = a", LAYERS],
  ['src/toolsets/index.ts', "import { a } from '../examples/index.ts'\nexport const b = a", LAYERS],
  ['src/with-examples.ts', "import { a } from './examples/tasks/tools.ts'\nexport const b = a", LAYERS],
  [
    'src/toolsets/sql/x27.ts',
    "import { a } from '../../examples/tasks/tools.ts'\nexport const b = a",
    LAYERS,
  ],
  ['src/toolkit/x28.ts', "import { a } from '../mcp/result.ts'\nexport const b = a", LAYERS],
  ['src/mcp/x29.ts', "import { a } from '../toolkit/page.ts'\nexport const b = a", LAYERS],
  ['src/data/mysql/x60.ts', "import { a } from '../redis/connector.ts'\nexport const b = a", LAYERS],
  ['src/data/mysql/x61.ts', "import { a } from 'mongodb'\nexport const b = a", LAYERS],
  ['src/data/postgres/audit/x62.ts', "import { a } from '../../mysql/errors.ts'\nexport const b = a", LAYERS],
  ['src/infra/cache/x63.ts', "import { a } from '../../http/host.ts'\nexport const b = a", LAYERS],
  ['src/http/auth/x64.ts', "import { a } from '../../mcp/endpoint.ts'\nexport const b = a", LAYERS],
  [
    'src/sql-guard/rules/x65.ts',
    "import { a } from '../../toolsets/sql/tools.ts'\nexport const b = a",
    LAYERS,
  ],
  ['src/embedding/x66.ts', "import { a } from '../data/postgres/connector.ts'\nexport const b = a", LAYERS],
  [
    'scripts/measure/x67.ts',
    "import { a } from '../../test/support/timeouts.ts'\nexport const b = a",
    LAYERS,
  ],
  ['src/app.ts', "import { a } from './mcp/endpoint.ts'\nexport const b = a", LAYERS],
  ['src/index.ts', "import { a } from './examples/tasks/tools.ts'\nexport const b = a", LAYERS],
  ['src/index.ts', "import { a } from './with-examples.ts'\nexport const b = a", LAYERS],
  ['src/worker.ts', "import { a } from './data/redis/connector.ts'\nexport const b = a", LAYERS],
  ['src/worker.ts', "import { a } from './http/authorization-server/server.ts'\nexport const b = a", LAYERS],
  [
    'src/http/authorization-server/x68.ts',
    "import { a } from '../../mcp/endpoint.ts'\nexport const b = a",
    LAYERS,
  ],
  ['src/http/x69.ts', "import { a } from './authorization-server/server.ts'\nexport const b = a", LAYERS],
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
  ['src/sql-guard/x42.ts', "import { a } from '../data/postgres/connector.ts'\nexport const b = a", LAYERS],
  ['src/sql-guard/x43.ts', "import { a } from '../toolsets/sql/tools.ts'\nexport const b = a", LAYERS],
  ['src/sql-guard/x44.ts', "import { sql } from 'drizzle-orm'\nexport const b = sql", LAYERS],
  ['src/infra/x41.ts', "import { z } from 'zod'\nexport const b = z", 'plugin'],
  ['src/examples/tasks/x50.ts', `export const a = (b: string) => \`select \${b}\``, 'plugin'],
  [
    'src/examples/tasks/x51.ts',
    `export const a = (b: string) => \`\n  INSERT INTO t VALUES (\${b})\``,
    'plugin',
  ],
  ['src/data/x52.ts', "export const a = (b: string) => 'update t set c = ' + b + ' where true'", 'plugin'],
  [
    'src/examples/tasks/x53.ts',
    "import { sql } from 'drizzle-orm'\nexport const a = (b: string) => sql.raw(b)",
    'plugin',
  ],
]

/** Allowed imports of every layer, some of which look like forbidden ones. */
const allowed: [file: string, code: string][] = [
  ['src/http/y01.ts', "import { cors } from 'hono/cors'\nexport const a = cors"],
  ['src/http/y02.ts', "import { a } from '../infra/errors.ts'\nexport const b = a"],
  ['src/examples/tasks/y03.ts', "import type { a } from '../../data/connections.ts'\nexport type B = a"],
  ['src/examples/tasks/y04.ts', "import { sql } from 'drizzle-orm'\nexport const a = sql"],
  ['src/mcp/y05.ts', "import type { a } from '../data/connections.ts'\nexport type B = a"],
  ['src/data/postgres/y06.ts', "import { neon } from '@neondatabase/serverless'\nexport const a = neon"],
  ['src/sql-guard/y09.ts', "import type { a } from '../data/postgres/capability.ts'\nexport type B = a"],
  [
    'src/examples/tasks/y10.ts',
    "import { runQuery } from '../../sql-guard/query.ts'\nexport const a = runQuery",
  ],
  ['src/examples/tasks/y11.ts', "import { pageOf } from '../../toolkit/page.ts'\nexport const a = pageOf"],
  ['src/infra/observability/log.ts', "console.log('x')"],
  ['scripts/measure/y07.ts', "console.log('x')"],
  ['src/infra/cache/y12.ts', "import { a } from '../errors.ts'\nexport const b = a"],
  ['src/data/mysql/y13.ts', "import { a } from '../execute.ts'\nexport const b = a"],
  ['src/toolsets/sql/y14.ts', "import { a } from '../../sql-guard/rules/relations.ts'\nexport const b = a"],
  [
    'src/examples/tasks/y20.ts',
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
  copy = copyProject(...RULES, 'src', 'scripts')
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
