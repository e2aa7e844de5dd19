/** A driver that loads late must behave like one that was there all along. */

import type { Table } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { CallScope, Open } from '../../../src/data/call-scope.ts'
import { lazyOwnedDatabase } from '../../../src/data/lazy.ts'
import type { OwnedDatabase } from '../../../src/data/owned-rows.ts'
import type { Caller } from '../../../src/infra/caller.ts'

const alice: Caller = { userId: 'alice', tenantId: 'default', scopes: new Set() }
const bob: Caller = { userId: 'bob', tenantId: 'default', scopes: new Set() }
const call: CallScope = {
  signal: new AbortController().signal,
  deadline: Number.POSITIVE_INFINITY,
  onEnd: () => undefined,
  observe: () => undefined,
  traceId: undefined,
}

/** An engine that answers with who asked, and counts how often it was loaded and opened. */
function engine(faults: Error[] = []) {
  const counts = { loaded: 0, opened: 0 }
  const open: Open<OwnedDatabase<Table>> = (caller) => {
    counts.opened += 1
    // The builders' types decide a statement's answer, and this engine does not run them.
    const answer = async () => [caller.userId] as never
    return { read: answer, write: answer }
  }
  const load = async () => {
    counts.loaded += 1
    const fault = faults.shift()
    if (fault !== undefined) throw fault
    return open
  }
  return { counts, open: lazyOwnedDatabase(load) }
}

const nothing = () => [] as never

test('nothing is loaded before a statement runs', () => {
  const { counts, open } = engine()
  open(alice, call)
  expect(counts).toEqual({ loaded: 0, opened: 0 })
})

test('the driver loads once, and each call gets one connector of its own, for its own caller', async () => {
  const { counts, open } = engine()
  const [hers, his] = [open(alice, call), open(bob, call)]
  expect(await hers.read(nothing)).toEqual(['alice'])
  expect(await his.read(nothing)).toEqual(['bob'])
  expect(await hers.write(nothing)).toEqual(['alice'])
  expect(counts).toEqual({ loaded: 1, opened: 2 })
})

test('a driver that failed to load is tried again by the next statement', async () => {
  const { counts, open } = engine([new Error('no such module')])
  const database = open(alice, call)
  await expect(database.read(nothing)).rejects.toThrow('no such module')
  expect(await database.read(nothing)).toEqual(['alice'])
  expect(counts).toEqual({ loaded: 2, opened: 1 })
})
