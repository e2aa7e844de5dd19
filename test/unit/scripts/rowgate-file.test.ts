/**
 * `rowgate.yaml`: what is wrong is said with its place and what to do, and what is right says what the Worker
 * is made of.
 */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { servedModule } from '../../../scripts/build/prebuild/served.ts'
import { rowgateSchema } from '../../../scripts/build/rowgate-file/suggest.ts'
import { knownToolsets, parseRowgateFile } from '../../../scripts/build/rowgate-file.ts'
import { Refusal } from '../../../scripts/cli/cli-error.ts'
import { rowgateFile } from '../../../src/infra/config/rowgate-file.ts'
import { toolsets } from '../../../src/with-examples.ts'

const KNOWN = { toolsets: ['sql', 'audit', 'system', 'admin'], examples: ['tasks', 'retail'] }

function refusalOf(text: string): string {
  try {
    parseRowgateFile(text, KNOWN)
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return 'accepted'
}

/** Every key of the format. */
const WHOLE = {
  version: 1,
  sources: {
    app: {
      engine: 'postgres',
      connect: 'HYPERDRIVE_APP',
      enforce: 'views',
      schemas: ['public', 'billing'],
      view_schema: 'agent',
      identity: {
        tenant: { claim: 'org_id', type: 'uuid', column: 'org_id' },
        user: { lookup: 'members.external_sub', as: 'member_id' },
      },
      tables: {
        issues: {
          rows: 'tenant',
          allow: ['find', 'get', 'insert', 'update'],
          insert: ['project_id', 'title', 'body'],
          update: ['title', 'status'],
          set: { reporter_id: 'user.member_id' },
          order: '-id',
          enforce: 'policies',
        },
        comments: { rows: { via: 'issue_id -> issues' }, allow: ['find', 'insert'] },
        members: {
          rows: 'tenant',
          columns: { id: 'show', email: 'mask(email)', salary: { scope: 'hr:read' } },
        },
        track: { rows: 'all', scope: 'music:read' },
        customer: { rows: { support_rep_id: 'user.employee_id' } },
        api_keys: 'deny',
      },
      new_tables: 'deny',
      new_columns: 'deny',
      tools: 'rowgate/app/*.sql',
      audit: true,
    },
  },
  toolsets: ['sql', 'rows', 'audit', 'system'],
  examples: ['tasks'],
}

test('the format holds everything that a source has', () => {
  expect(rowgateFile.safeParse(WHOLE).error).toBeUndefined()
})

test.each([
  ['version: 1\ntoolset: [sql]', 'rowgate.yaml:2:1: toolset is not a known key: the nearest is "toolsets".'],
  ['toolsets: [sql]', 'rowgate.yaml:1:1: version must be 1.'],
  ['version: 2', 'rowgate.yaml:1:1: version must be 1.'],
  ['version: 1\ntoolsets: sql', 'rowgate.yaml:2:1: toolsets must be array.'],
  [
    'version: 1\ntoolsets:\n  - sql\n  - sqll',
    'rowgate.yaml:4:5: toolsets.1 names "sqll", which does not exist: the nearest is "sql".',
  ],
  [
    'version: 1\nexamples: [tasks, tasks]',
    'rowgate.yaml:2:19: examples.1 names "tasks" a second time: leave one out.',
  ],
  [
    'version: 1\nexamples: [nothing_like]',
    'rowgate.yaml:2:12: examples.0 names "nothing_like", which does not exist: there are tasks, retail.',
  ],
  [
    'version: 1\nsources: { app: { engine: postgres, connect: APP_URL } }',
    'rowgate.yaml:2:12: sources.app shows no table, so nobody can use it: name one in `tables`, or leave the source out.',
  ],
  [
    'version: 1\nsources: { app: { engine: postgres, conect: APP_URL, connect: APP } }',
    'rowgate.yaml:2:37: sources.app.conect is not a known key: the nearest is "connect".',
  ],
])('%j is refused with its place and what to do', (text, said) => {
  expect(refusalOf(text)).toBe(said)
})

const withSources = (sources: Record<string, string>) =>
  JSON.stringify({
    version: 1,
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, connect]) => [
        name,
        { engine: 'postgres', connect, tables: { t: { rows: 'all' } } },
      ]),
    ),
  })

test('a source has no name whose scope is a tool’s, where sources have scopes', () => {
  expect(refusalOf(withSources({ sql: 'SQL_URL', app: 'APP_URL' }))).toMatch(
    /^rowgate\.yaml:1:\d+: sources\.sql has the name of a tool's scope, `sql:read`, .* give it another name\.$/,
  )
  expect(refusalOf(withSources({ sql: 'SQL_URL' }))).toBe('accepted')
})

test('two sources do not connect with one binding or secret', () => {
  expect(refusalOf(withSources({ crm: 'APP_URL', app: 'APP_URL' }))).toMatch(
    /sources\.app\.connect is APP_URL, as for `crm`: .* name them all under `crm`\.$/,
  )
  expect(refusalOf(withSources({ crm: 'CRM_URL', app: 'APP_URL' }))).toBe('accepted')
})

test.each([
  ['sources:\n  app: { connect: A }\n  app: { connect: B }', 'rowgate.yaml:3:3: app'],
  ['{ sources: { crm: {}, app: {}, crm: {} } }', 'rowgate.yaml:1:32: crm'],
  ['version: 1\nversion: 1', 'rowgate.yaml:2:1: version'],
])('%j has two of one name', (text, place) => {
  expect(refusalOf(text)).toBe(`${place} stands here a second time: give it another name, or leave one out.`)
})

test.each(['version: [', 'a: b: c'])('%j is no YAML', (text) => {
  expect(refusalOf(text)).toMatch(/^rowgate\.yaml:\d+:\d+: this is not YAML: [^\n]+\.$/)
})

test.each([
  [{ rows: 'tenants' }, 'rows'],
  [{ rows: 'tenant', columns: { email: 'mask(mail)' } }, 'columns'],
  [{ rows: 'tenant', oder: '-id' }, 'oder'],
  [{ rows: { via: 'issues' } }, 'rows'],
  ['allow', 'tables.t'],
])('a table %j is refused', (table, place) => {
  const source = { engine: 'postgres', connect: 'APP', tables: { t: table } }
  const said = refusalOf(JSON.stringify({ version: 1, sources: { app: source } }))
  expect(said).toMatch(/^rowgate\.yaml:1:\d+: sources\.app\.tables\.t[^\n]*\.$/)
  expect(said).toContain(place)
})

test('the schema for editors is the one that the file is checked with', () => {
  const written = readFileSync(new URL('../../../rowgate.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(rowgateSchema())))
})

test('the Worker is bundled with what the file names, in its order', () => {
  expect(servedModule({ version: 1, toolsets: ['system', 'sql'], examples: ['tasks'] }, KNOWN)).toBe(
    `import { system } from '../src/toolsets/system/tools.ts'
import { sql } from '../src/toolsets/sql/tools.ts'
import { tasks } from '../src/examples/tasks/tools.ts'

export const toolsets = [system, sql, tasks]
`,
  )
})

test('a toolset has the name of its folder', () => {
  const known = knownToolsets()
  expect(toolsets.map(({ name }) => name).sort()).toEqual([...known.toolsets, ...known.examples].sort())
})
