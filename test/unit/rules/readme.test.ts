/** Commands of the README and its pages exist, and something runs each. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path/posix'
import { expect, test } from 'vitest'
import { wentWithExamples } from '../../support/skip-without.ts'

const root = new URL('../../../', import.meta.url)
const markdown = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md'))
const files = ['README.md', ...markdown.map((name) => `docs/${name}`)]
const texts = new Map(files.map((file) => [file, readFileSync(new URL(file, root), 'utf8')]))
const pages = [...texts.values()].join('\n')
const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

function found(pattern: RegExp): string[] {
  return [...new Set([...pages.matchAll(pattern)].map((match) => match[1] ?? ''))]
}

/** Links lead on from the page that they are on. */
const links = [...texts].flatMap(([file, text]) =>
  [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => [file, match[1] ?? ''] as const),
)

test('the README has at most 150 lines', () => {
  expect(texts.get('README.md')?.split('\n').length).toBeLessThanOrEqual(151)
})

test.each(found(/npm (?:run )?([a-z][a-z:-]+)/g).filter((name) => name !== 'install'))(
  'npm run %s is a script',
  (name) => {
    expect(Object.keys(scripts)).toContain(name)
  },
)

const paths = found(/`((?:src|test|scripts|drizzle|docs|lint)\/[\w./-]*)`/g)
test.each(paths.filter((path) => !wentWithExamples(path)))('%s is there', (path) => {
  expect(existsSync(new URL(path, root))).toBe(true)
})

test.each(links)('in %s the link to %s leads somewhere', (file, path) => {
  expect(existsSync(new URL(`${dirname(file)}/${path}`, root))).toBe(true)
})

/** Needs an account of Cloudflare's, or is another's program. */
const ELSEWHERE = [
  'claude mcp add',
  'npx wrangler login',
  'npx wrangler secret put',
  'npx wrangler hyperdrive create',
  'npx wrangler cert upload certificate',
  'npx wrangler tail',
]

/** The file that runs each of the others, and words in it that show it. */
const RUN_IN: readonly (readonly [command: string, file: string, words: string])[] = [
  ['npm install', '.ci/run', 'npm install &&'],
  ['npm test', '.ci/run', '&& npm test'],
  ['npm run test:full', 'package.json', '"test:full": "node scripts/check/test.ts --full"'],
  ['npm start', 'test/integration/scripts/start.test.ts', "runRowgate(['start'"],
  [
    'npm run dev',
    'test/integration/scripts/reload.test.ts',
    "startLocal([], {}, { project: copy, command: 'dev' })",
  ],
  ['npm run token', 'test/integration/scripts/start.test.ts', "runRowgate(['token'"],
  ['npm run db:migrate', 'test/integration/scripts/migrate.test.ts', "runRowgate(['migrate'"],
  ['npm run db:generate', 'test/integration/toolsets/new-toolset.test.ts', "npmRun('db:generate', '--name'"],
  [
    'npm run db:generate:mysql',
    'test/integration/toolsets/new-toolset.test.ts',
    "npmRun('db:generate:mysql'",
  ],
  ['npm run fix', 'test/integration/toolsets/new-toolset.test.ts', "npmRun('fix')"],
  ['npm run readme', 'test/integration/toolsets/new-toolset.test.ts', "npmRun('readme')"],
  [
    'npm run import:netflix',
    'test/integration/scripts/netflix-command.test.ts',
    "runRowgate(['import', 'netflix'",
  ],
  ['npm run embed', 'test/integration/scripts/embed.test.ts', "runRowgate(['embed'"],
  ['npm run audit:verify', 'test/integration/scripts/audit-verify.test.ts', "runRowgate(['audit', 'verify'"],
  ['npm run check', 'scripts/check/test.ts', "'check'"],
  ['npm run conformance', 'scripts/check/test.ts', "'conformance'"],
  ['npm run bench', 'test/integration/scripts/bench.test.ts', "runRowgate(['bench'"],
  ['npm run soak', 'test/integration/scripts/soak.test.ts', 'await soak('],
  ['npm run faults', 'scripts/measure/faults.ts', "'test/integration/data/postgres/faults.test.ts'"],
  ['npx rowgate init', 'test/integration/scripts/source/three-commands.test.ts', "runRowgate(['init'"],
  ['npx rowgate up', 'test/integration/scripts/source/three-commands.test.ts', "runRowgate(['up'"],
  ['npx rowgate', 'test/integration/scripts/launcher.test.ts', "execute('npx', ['rowgate'"],
  ['npx wrangler dev', 'test/integration/scripts/wrangler-dev.test.ts', "spawn('wrangler', ['dev'"],
  ['npx wrangler deploy', 'test/support/product/shared.ts', '/^ {4}npx wrangler (deploy .*)$/m'],
  ['npx wrangler d1 migrations apply', 'scripts/local/d1.ts', "['d1', 'migrations', 'apply'"],
]

test.each(RUN_IN.filter(([, file]) => !wentWithExamples(file)))('%s is run in %s', (_, file, words) => {
  expect(readFileSync(new URL(file, root), 'utf8')).toContain(words)
})

test('every command that a page names is one of these, and each of these is named', () => {
  const known = [...RUN_IN.map(([command]) => command), ...ELSEWHERE]
  const named = [
    ...pages.matchAll(
      /npm run [a-z][a-z0-9:-]+|npm (?!run)[a-z]+|npx [a-z]+(?: [a-z][a-z0-9]*)*|claude mcp add/g,
    ),
  ].map(([text]) => known.find((command) => `${text} `.startsWith(`${command} `)) ?? text)
  expect([...new Set(named)].sort()).toEqual(known.sort())
})
