/** `npm run bench`, as short as it goes: that it measures and what it writes, not how fast anything is. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runRowgate } from '../../support/product/script.ts'
import { pgBouncerMissing } from '../../support/servers/pgbouncer.ts'
import { apartFromPassword, createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

test('npm run bench answers alike with every contestant, and writes the medians of each case', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-bench-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'figures.json')
  const { code, stderr } = await runRowgate(['bench', '--quick', '--json', file]).finished
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const rps = expect.any(Number)
  const figures = { bare: rps, sdk: rps, rowgate: rps, quiet: rps }
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    cases: { 'tools/list': figures, 'tools/call': figures, list_tasks: figures },
    bundle_gzip_bytes: expect.any(Number),
    startup_ms: expect.any(Number),
  })
})

describe.skipIf(postgres15Missing())('npm run bench -- --postgres', () => {
  test('measures the three calls by both drivers, beside another server that reads the same rows', async () => {
    const other = await startOther(20)
    const { code, stdout, stderr } = await measureBeside(other)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const call of ['list_tasks', 'query', 'find_rows']) {
      for (const connections of ['8 connections', '1 connection'])
        expect(stdout).toMatch(
          new RegExp(
            `${call}, ${connections} .*to other\nRowgate, HTTP .*\nRowgate, TCP .*\nother .* 1\\.00`,
          ),
        )
    }
  })

  test('refuses to compare with a server that answers fewer rows', async () => {
    const { code, stderr } = await measureBeside(await startOther(19))
    expect(code).toBe(1)
    expect(stderr).toContain('other answers 19 of 20 rows')
  })

  test('takes no other server without a database that both read', async () => {
    const { code, stderr } = await runRowgate(['bench', '--beside', 'other=http://127.0.0.1:1/mcp']).finished
    expect(code).toBe(1)
    expect(stderr).toContain('--beside needs --postgres')
  })
})

test.skipIf(postgres15Missing() || pgBouncerMissing())(
  'npm run bench -- --rows measures each table both ways and by hand, and leaves the database empty',
  async () => {
    const database = await createDatabase()
    const { url, env } = apartFromPassword(database)
    const { code, stdout, stderr } = await runRowgate(['bench', '--quick', '--rows', url], env).finished
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const way of ['policies', 'views', 'row security by hand']) {
      for (const rows of ['400 of 2000', '1000 of 50000'])
        expect(stdout).toMatch(new RegExp(`${rows} rows, ${way}\n.*driver .*\n(.*\n)*?.*its statement `))
    }
    const left = new pg.Client({ connectionString: database })
    await left.connect()
    const { rows } = await left.query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace",
    )
    await left.end()
    expect(rows).toEqual([])
  },
)

async function measureBeside(other: string) {
  const { url, env } = apartFromPassword(await createDatabase())
  const options = ['--quick', '--postgres', url, '--beside', `other=${other}`]
  return await runRowgate(['bench', ...options], env).finished
}

/** An MCP server whose one tool answers this many of the benchmark's rows. */
async function startOther(rows: number): Promise<string> {
  const text = Array.from({ length: rows }, (_, at) => `Task number ${at + 1}`).join('\n')
  const results: Record<string, object> = {
    initialize: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'o', version: '1' } },
    'tools/list': { tools: [{ name: 'run', inputSchema: { type: 'object', required: ['sql'] } }] },
    'tools/call': { content: [{ type: 'text', text }] },
  }
  const server = createServer(async (request, response) => {
    const { method } = (await json(request)) as { method: string }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: results[method] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}
