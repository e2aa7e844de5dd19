/** The SQL parser's share of an isolate's 128 MB, on workerd itself. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from '../../../../scripts/measure/bench/bundle.ts'
import { startWorker } from '../../../../scripts/measure/bench/workerd.ts'
import { DEEP_QUERIES } from '../../../support/fixtures/deep-queries.ts'

const MEBIBYTE = 1_048_576

const cleanup = new AsyncDisposableStack()
let url: string

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-parser-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const worker = await startWorker(await bundle(join(import.meta.dirname, 'worker.ts'), folder), {})
  cleanup.defer(() => worker.stop())
  url = `http://127.0.0.1:${worker.port}/`
})
afterAll(() => cleanup.disposeAsync())

async function parse(sql: string): Promise<{ ok: boolean; bytes: number }> {
  return (await (await fetch(url, { method: 'POST', body: sql })).json()) as { ok: boolean; bytes: number }
}

test('the parser has 6 MiB for an ordinary query, and under 16 MiB whatever it is sent', async () => {
  expect(await parse('select count(*) from orders')).toEqual({ ok: true, bytes: 6 * MEBIBYTE })
  for (const [what, sql] of DEEP_QUERIES) expect((await parse(sql)).bytes, what).toBeLessThan(16 * MEBIBYTE)
  expect(await parse('select 1')).toMatchObject({ ok: true })
})
