/**
 * `npm run conformance`: runs the official MCP suite against the product's app in workerd, with the suite's
 * own tools. No database is needed. The suite sends no token, so a loopback proxy adds one of a real issuer.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../measure/bench/bundle.ts'
import { startWorker } from '../measure/bench/workerd.ts'
import { FIXTURE_SCOPE } from './conformance/fixture/scope.ts'
import { startProxy } from './conformance/proxy.ts'
import { runSuite, type Verdict } from './conformance/suite.ts'
import { startIssuer } from './issuer.ts'

const REVISIONS = ['2026-07-28', '2025-11-25']
const FOLDER = join(import.meta.dirname, './conformance')

async function judge(): Promise<Verdict[]> {
  await using issuer = await startIssuer()
  await using cleanup = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-conformance-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const built = await bundle(join(FOLDER, 'worker.ts'), join(folder, 'worker'))
  const worker = await startWorker(built, settings(issuer.url))
  cleanup.defer(() => worker.stop())
  const target = new URL(`http://127.0.0.1:${worker.port}`)
  const proxy = await startProxy(target, await issuer.sign({ scope: FIXTURE_SCOPE }))
  cleanup.defer(() => proxy.close())

  const verdicts: Verdict[] = []
  for (const revision of REVISIONS) {
    const expected = join(FOLDER, `expected-failures-${revision}.yaml`)
    verdicts.push(await runSuite(new URL('/mcp', proxy.url), revision, expected, join(folder, 'results')))
  }
  return verdicts
}

/** No database is reached: the suite's tools use none, and reads are not audited. */
function settings(issuer: string): Record<string, string> {
  return {
    ENVIRONMENT: 'development',
    PUBLIC_URL: 'http://localhost:4747',
    AUTH_ISSUER: issuer,
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    AUDIT_READS: 'false',
    IDENTITY_KEY: `conformance:${Buffer.alloc(32).toString('base64')}`,
  }
}

function count({ revision, passed, required, expected }: Verdict): string {
  const because = expected.length > 0 ? ` (${expected.length} need a session)` : ''
  return `${revision} ${passed}/${required}${because}`
}

const verdicts = await judge()
for (const { revision, green, output, expected, passedUnscored } of verdicts) {
  if (!green) console.log(output)
  if (expected.length > 0) console.log(`${revision}, expected to fail: ${expected.join(', ')}`)
  if (passedUnscored.length > 0) console.log(`${revision}, not scored: ${passedUnscored.join(', ')} pass`)
}
console.log(`conformance: ${verdicts.map(count).join(', ')}`)
process.exitCode = verdicts.every(({ green }) => green) ? 0 : 1
