/** What a caller sees of a database that is not there: soon, in our words, and nothing of the machine. */

import { expect } from 'vitest'
import type { Envelope } from './world.ts'

/** In milliseconds. Ours gives up after 2.5 s; a busy machine is slow, and a call may take 30 s: this lies well between. */
export const SOON_MS = 15_000

/** An answer that only the call's own deadline would end comes too late. */
export async function expectUnavailable(answer: Promise<Envelope>, message = /./): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('The answer did not come soon.')), SOON_MS)
  const { error } = await Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
  expect(error?.code).toBe('UNAVAILABLE')
  expect(error?.message).toMatch(message)
  expect(JSON.stringify(error)).not.toMatch(/127\.0\.0\.1|ECONN|WRONGPASS|SCRAM|eval/i)
}
