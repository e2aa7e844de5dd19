/** `npm run bench`, as short as it goes: that it measures and what it writes, not how fast anything is. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runRowgate } from '../../support/product/script.ts'

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
