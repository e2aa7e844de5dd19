/** Weights of the pages are a promise: `node scripts/measure/web-weight.ts` prints them. */

import { expect, test } from 'vitest'
import { buildAssets } from '../../../scripts/build/prebuild/assets.ts'
import { weigh } from '../../../scripts/measure/web-weight.ts'

const KIB = 1024

test('the first view is under 100 KiB gzipped, the console under 350 and the MCP App under 60', async () => {
  const { firstView, console, app } = weigh(await buildAssets())
  expect(firstView).toBeGreaterThan(10 * KIB)
  expect(firstView).toBeLessThan(100 * KIB)
  expect(console).toBeGreaterThanOrEqual(firstView)
  expect(console).toBeLessThan(350 * KIB)
  expect(app).toBeLessThan(60 * KIB)
})
