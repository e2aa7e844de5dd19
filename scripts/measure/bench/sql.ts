/**
 * `npm run bench -- --sql`: the guard's cost per query, accepted and refused, `query` end to end against the
 * bare driver, and semantic search in 400 and in 20,000 products. The guard is measured in this process, the
 * others on workerd, one call at a time.
 */

import { fileURLToPath } from 'node:url'
import { neon, neonConfig } from '@neondatabase/serverless'
import { createEmbedder } from '../../../src/embedding/embedder.ts'
import { checkQuery } from '../../../src/sql-guard/guard.ts'
import { parse } from '../../../src/sql-guard/parser/parse.ts'
import { toolsets } from '../../../src/with-examples.ts'
import { readCatalogue } from '../../examples/retail/seed/catalogue.ts'
import { seed } from '../../examples/retail/seed.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { insertRows } from '../../local/postgres/insert.ts'
import { analytics } from './analytics.ts'
import { bundle } from './bundle.ts'
import { startDatabase } from './database.ts'
import { makeIdentity } from './fixture.ts'
import { REFUSED, type RefusedQuery } from './refused.ts'
import { access } from './sql-fixture.ts'
import { startWorker } from './workerd.ts'

/** Measured runs per corpus query, after as many to warm up. */
const JUDGEMENTS = 30
/** Measured calls per contestant, after those to warm up. */
const CALLS = 200
const WARM_UP_CALLS = 20
const PRODUCTS = 20_000
/** Milliseconds of the isolate's time. */
const MAX_MEAN_MS = 0.1
const MAX_REFUSAL_MS = 20

/**
 * An insert into the vector index takes milliseconds, and the embedded Postgres has a statement timeout of 30
 * s.
 */
const VECTORS_A_STATEMENT = 100

/** A page of a hundred rows, as an agent reads it, without any table. */
const QUERY = 'select n, n * n as square, md5(n::text) as digest from generate_series(1, 100) n order by n'

const SEARCHES = [
  'something to water the lawn',
  'drill for concrete',
  'paint for a damp bathroom',
  'lamp for the desk',
]

/** `onClose` registers a cleanup. */
export async function measureSql(
  directory: string,
  onClose: (close: () => Promise<unknown>) => void,
): Promise<void> {
  await measureGuard()
  await measureRefusals()
  // The search by meaning is the example's, which may have been deleted.
  const hasRetail = toolsets.some(({ name }) => name === 'retail')
  const { token, settings, close } = await makeIdentity(['sql:read', 'retail:read'])
  onClose(close)
  const {
    endpoint,
    url,
    close: closeDatabase,
  } = await startDatabase({
    identityKey: settings.IDENTITY_KEY,
    examples: hasRetail ? ['retail'] : [],
  })
  onClose(closeDatabase)
  const worker = await startWorker(
    await bundle(fileURLToPath(new URL('../../local/with-examples/index.ts', import.meta.url)), directory),
    {
      ...settings,
      DATABASE_URL: url,
      DATABASE_FETCH_ENDPOINT: endpoint.url,
    },
  )
  onClose(() => worker.stop())
  const call = toolCaller(worker.port, token)

  neonConfig.fetchEndpoint = endpoint.url
  const driver = neon(url, { fullResults: true, arrayMode: true })
  const [bare, query] = await race([() => driver.query(QUERY), () => call('query', { sql: QUERY })])
  print(`query, 100 rows: the bare driver`, bare)
  print(`query, 100 rows: Rowgate, end to end`, query)

  if (!hasRetail) return
  await seed(endpoint.owner)
  await measureSearch(call, endpoint.owner)
  await multiply(endpoint.owner)
  await measureSearch(call, endpoint.owner)
}

async function measureGuard(): Promise<void> {
  const [parsing, walking]: [number[], number[]] = [[], []]
  let spent = 0
  for (let round = 0; round < 2 * JUDGEMENTS; round++) {
    const cpu = process.threadCpuUsage()
    for (const { sql, parameters = [] } of analytics) {
      const start = performance.now()
      const parsed = await parse(sql)
      const between = performance.now()
      if (!parsed.ok || !checkQuery(parsed.tree, access, parameters).ok)
        throw new Error(`The guard refuses ${sql}`)
      if (round < JUDGEMENTS) continue
      parsing.push(between - start)
      walking.push(performance.now() - between)
    }
    if (round >= JUDGEMENTS) spent += cpuMs(cpu)
  }
  console.log(`the guard, over ${analytics.length} analytical queries`)
  print('  parse', parsing)
  print('  walk', walking)
  report('  mean CPU of parse and walk', spent / (JUDGEMENTS * analytics.length), MAX_MEAN_MS)
}

/** CPU time, which other work on the machine does not lengthen. */
async function measureRefusals(): Promise<void> {
  let worst = { what: '', ms: 0 }
  for (const refused of REFUSED) {
    const ms = await refusalMs(refused)
    if (ms > worst.ms) worst = { what: refused.what, ms }
  }
  console.log(`the guard, over ${REFUSED.length} queries that it refuses`)
  report(`  mean CPU of the worst, ${worst.what}`, worst.ms, MAX_REFUSAL_MS)
}

async function refusalMs({ what, sql, parameters = [] }: RefusedQuery): Promise<number> {
  let cpu = process.threadCpuUsage()
  for (let round = 0; round < 2 * JUDGEMENTS; round++) {
    if (round === JUDGEMENTS) cpu = process.threadCpuUsage()
    const parsed = await parse(sql)
    if (parsed.ok && checkQuery(parsed.tree, access, parameters).ok)
      throw new Error(`The guard allows ${what}`)
  }
  return cpuMs(cpu) / JUDGEMENTS
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(since)
  return (user + system) / 1_000
}

function report(what: string, ms: number, limit: number): void {
  console.log(
    `${what.padEnd(46)} ${ms.toFixed(3)} ms (${ms < limit ? 'wanted' : 'MISSED; wanted'}: under ${limit} ms)`,
  )
}

async function measureSearch(call: Call, owner: Owner): Promise<void> {
  const { rows } = await owner('select count(*) from retail.product_description_embeddings')
  let turn = 0
  const search = () =>
    call('semantic_search_products', { text: SEARCHES[turn++ % SEARCHES.length], max_rows: 10 })
  const [times] = await race([search])
  print(`semantic_search_products, ${Number(rows[0]?.[0]).toLocaleString('en')} products`, times)
}

/** Fills the catalogue with mixtures of two products each. */
async function multiply(owner: Owner): Promise<void> {
  const catalogue = readCatalogue()
  const embedder = createEmbedder({ EMBEDDER: 'builtin' }, undefined)
  const { rows: ids } = await owner(`
    insert into retail.products (product_id, sku, name, description, category_id, type_id, price, cost)
    select gen_random_uuid(), p.sku || '-' || n, p.name || ' ' || n, p.description, p.category_id, p.type_id, p.price, p.cost
    from retail.products p, generate_series(1, ${PRODUCTS / catalogue.length - 1}) n returning product_id`)
  const texts = ids.map((_, n) => {
    const [one, other] = [
      catalogue[n % catalogue.length],
      catalogue[(n * 7 + Math.floor(n / catalogue.length)) % catalogue.length],
    ]
    return `${one?.name} ${one?.description} ${other?.name}`
  })
  const vectors = await embedder.embed(texts, new AbortController().signal)
  const rows = ids.map(([id], n) => [id ?? null, embedder.model, `[${vectors[n]?.join(',')}]`])
  for (let from = 0; from < rows.length; from += VECTORS_A_STATEMENT) {
    await insertRows(
      owner,
      'retail.product_description_embeddings',
      'product_id, model, description_embedding',
      rows.slice(from, from + VECTORS_A_STATEMENT),
    )
  }
  await owner('analyze retail.products, retail.product_description_embeddings')
}

type Call = (name: string, args: object) => Promise<unknown>

function toolCaller(port: number, token: string): Call {
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2025-06-18',
    Authorization: `Bearer ${token}`,
  }
  return async (name, args) => {
    const params = { name, arguments: args }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
    const response = await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST', headers, body })
    const text = await response.text()
    if (!text.includes('"status":"success"')) throw new Error(`${name} answers ${text.slice(0, 500)}`)
    return text
  }
}

/** Gives the milliseconds of each call. The contestants alternate. */
async function race(contestants: readonly (() => Promise<unknown>)[]): Promise<readonly number[][]> {
  const times: number[][] = contestants.map(() => [])
  for (let round = -WARM_UP_CALLS; round < CALLS; round++) {
    for (const [at, contestant] of contestants.entries()) {
      const start = performance.now()
      await contestant()
      if (round >= 0) times[at]?.push(performance.now() - start)
    }
  }
  return times
}

function print(what: string, times: readonly number[] = []): void {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2)
  console.log(`${what.padEnd(46)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms`)
}
