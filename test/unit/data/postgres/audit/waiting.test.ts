/**
 * Rows that wait for the audit log take little memory, however large the calls were and however long the log
 * does not answer.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createAudit } from '../../../../../src/data/postgres/audit/log.ts'
import { caller, IDENTITY_KEY } from '../../../../support/servers/databases.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const CALLS = 60
/** Rows of a batch, as the log's own limit has it. */
const BATCH_ROWS = 250

/** An audit log whose database answers when the test says so. */
function stalled() {
  const sent: string[] = []
  const answer = Promise.withResolvers<void>()
  const lost: number[] = []
  const pending: Promise<unknown>[] = []
  const audit = createAudit({
    identityKey: IDENTITY_KEY,
    reads: true,
    first: false,
    async send(rows) {
      sent.push(rows)
      await answer.promise
    },
    onLoss: (rows) => lost.push(rows),
  })
  const request = {
    caller: caller('ada'),
    requestId: () => 'r',
    waitUntil: (work: Promise<unknown>) => void pending.push(work),
  }
  return {
    refuse(args: unknown) {
      audit(request, { tool: 'query', args, readOnly: true, startedAt: Date.now() }).end('RATE_LIMITED')
    },
    /** Lets the log answer, and gives what it was sent. */
    async settle() {
      answer.resolve()
      while (pending.length > 0) await Promise.all(pending.splice(0))
      return sent.map((text) => JSON.parse(atob(text.split('.')[1] ?? '')))
    },
    /** Resolves when the arguments of this many calls have been hashed. */
    hashed: async (calls: number) => void (await Promise.all(pending.slice(0, calls))),
    lost,
  }
}

test('no arguments are held while their rows wait', async () => {
  const log = stalled()
  const held: WeakRef<object>[] = []
  for (let call = 0; call < CALLS; call += 1) {
    const args = { sql: `${call} ${'x'.repeat(100_000)}` }
    held.push(new WeakRef(args))
    log.refuse(args)
  }
  await log.hashed(CALLS)
  // A WeakRef holds what it refers to until the turn of the event loop in which it was made is over.
  await new Promise((done) => setImmediate(done))
  collectGarbage()
  // The last one may still be in a register of the loop above.
  expect(held.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(1)
  await log.settle()
})

test('long arguments and short ones are in the log by the same hash, whatever the order of their members', async () => {
  const log = stalled()
  const long = 'x'.repeat(5_000)
  log.refuse({ a: long, b: 1, task_id: 't1' })
  log.refuse({ task_id: 't1', b: 1, a: long })
  log.refuse({ a: 's', b: 1 })
  log.refuse({ b: 1, a: 's' })
  const rows = (await log.settle()).flatMap((batch) =>
    batch.rows.map((row: unknown[]) => ({ hash: batch.arguments[Number(row[6])], targets: row.slice(8) })),
  )
  expect(rows).toHaveLength(4)
  const byTargets = (count: number) => rows.filter(({ targets }) => targets.length === count)
  expect(byTargets(1).map(({ targets }) => targets)).toEqual([['t1'], ['t1']])
  for (const count of [0, 1]) expect(new Set(byTargets(count).map(({ hash }) => hash)).size).toBe(1)
  for (const { hash } of rows) expect(hash).toMatch(/^[0-9a-f]{64}$/)
})

test('rows that name many targets are given up by their size, and their loss is told', async () => {
  const log = stalled()
  const ids = Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(200, 'x'))
  for (let call = 0; call < 2 * BATCH_ROWS; call += 1) log.refuse({ task_ids: ids, call })
  await log.hashed(2 * BATCH_ROWS)
  const rows = (await log.settle()).reduce((sum, batch) => sum + batch.rows.length, 0)
  const lost = log.lost.reduce((sum, count) => sum + count, 0)
  expect(rows + lost).toBe(2 * BATCH_ROWS)
  expect(rows).toBeGreaterThan(100)
  expect(lost).toBeGreaterThan(100)
})
