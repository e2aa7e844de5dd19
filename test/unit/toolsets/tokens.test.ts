/**
 * Tokens that a model reads on every turn stay within their limits, counted as `npm run bench -- --tokens`
 * counts them.
 */

import { expect, test } from 'vitest'
import { measureTokens, TOKEN_LIMITS } from '../../../scripts/measure/bench/tokens.ts'

const tokens = measureTokens()

test('the list of all local tools stays within its limit', () => {
  expect(tokens.local.all).toBeLessThanOrEqual(TOKEN_LIMITS.local)
})

test('the list of the core stays within its limit', () => {
  expect(tokens.core.all).toBeLessThanOrEqual(TOKEN_LIMITS.core)
})

test('twenty rows of a query stay within their limit', () => {
  expect(tokens.rows).toBeLessThanOrEqual(TOKEN_LIMITS.rows)
})
