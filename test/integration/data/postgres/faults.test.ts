/**
 * The way to the database breaks before the Worker on workerd, by HTTP and by TCP; nothing is lost, nothing
 * is done twice, nobody else notices.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { FAULTS, type Fault, startFaultProxy } from '../../../support/faults/fault-proxy.ts'
import type { Leaving } from '../../../support/faults/listener.ts'
import {
  FLIGHT_FAULTS,
  type FlightFault,
  LOGIN_FAULTS,
  type LoginFault,
  startPostgresProxy,
} from '../../../support/faults/postgres-proxy.ts'
import { partOf } from '../../../support/full.ts'
import { type Envelope, type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { workerd } from '../../../support/product/workerd.ts'
import { databases, overTcp, type TestDatabase } from '../../../support/servers/databases.ts'

/** `ROWGATE_FAULT_CALLS=1000 npx vitest run faults` is the long run. */
const SHORT_RUN_CALLS = 40
const CALLS = Number(process.env.ROWGATE_FAULT_CALLS ?? SHORT_RUN_CALLS)
const PARALLEL = 8
const FAULT_SHARE = 0.3
/**
 * A stalled attempt takes a call's whole time, so that is short here, and stalls are fewer. In the long run a
 * machine that is busy for two seconds would look like a fault.
 */
const STALL_SHARE = 0.03
const REQUEST_TIMEOUT_MS = CALLS > SHORT_RUN_CALLS ? '10000' : '2000'
/** A client that gives up later than any fault lasts. */
const MAX_TRIES = 50
/** Time without and with a listener, in milliseconds. */
const AWAY_MS = 15
const PRESENT_MS = 60

if (CALLS > SHORT_RUN_CALLS) vi.setConfig({ testTimeout: 900_000 })

/** A small generator (mulberry32), so that a run can be repeated. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A proxy between the Worker and a database, which breaks what it is told to. */
interface Between extends Leaving {
  /** Address that the Worker connects to. */
  readonly env: Record<string, string>
  broken(): number
  close(): Promise<void>
}

/** Asked for every connection, and for every request or flight with what is in it. */
interface Breaking {
  connection: () => string | undefined
  request: (body: string) => string | undefined
}

interface Way {
  readonly way: string
  readonly start: () => Promise<TestDatabase>
  stand(database: TestDatabase, breaking: Breaking): Promise<Between>
  /** Faults of a connection that nobody knows yet, and of a request or flight. */
  readonly toConnections: readonly string[]
  readonly toRequests: readonly string[]
  /** Of the latter: one that passes, and one that loses the answer of what was committed. */
  readonly passing: string
  readonly answerLost: string
  readonly stall: string
}

const CUTS = 'cuts before the request is read'

const byHttp = {
  toConnections: [CUTS],
  toRequests: FAULTS,
  passing: 'answers 500',
  answerLost: 'cuts after the commit and before the answer',
  stall: 'stalls',
  async stand(database: TestDatabase, breaking: Breaking): Promise<Between> {
    const proxy = await startFaultProxy(
      database.endpoint.url,
      (body) => breaking.request(body) as Fault | undefined,
      () => breaking.connection() !== undefined,
    )
    return { ...proxy, env: { DATABASE_FETCH_ENDPOINT: proxy.url } }
  },
}

const byTcp = {
  toConnections: LOGIN_FAULTS,
  toRequests: FLIGHT_FAULTS,
  passing: 'cuts before the flight is passed on',
  answerLost: 'cuts after the commit and before the answer',
  stall: 'stalls with the flight',
  async stand(database: TestDatabase, breaking: Breaking): Promise<Between> {
    const url = new URL(database.settings.databaseUrl)
    const proxy = await startPostgresProxy(Number(url.port), {
      login: () => breaking.connection() as LoginFault | undefined,
      flight: (text) => breaking.request(text) as FlightFault | undefined,
    })
    return { ...proxy, env: { DATABASE_URL: Object.assign(url, { port: String(proxy.port) }).href } }
  },
}

/** Through the pooler; and straight as well in `npm run test:full`. */
const pooled = partOf(overTcp, { every: 2, first: 1 })

const ways: Way[] = [
  ...databases.slice(-1).map(({ engine, start }) => ({ way: `${engine} by HTTP`, start, ...byHttp })),
  ...pooled.map(({ engine, start }) => ({ way: engine, start, ...byTcp })),
]

describe.each(ways)('between the Worker on workerd and $way', (way) => {
  const worker = workerd()
  const breaking: Breaking = { connection: () => undefined, request: () => undefined }
  let rowgate: Rowgate
  let between: Between

  beforeAll(async () => {
    const database = await way.start()
    between = await way.stand(database, breaking)
    rowgate = await startRowgate({
      worker,
      database: async () => database,
      env: { ...between.env, REQUEST_TIMEOUT_MS },
    })
  })
  const mend = () => {
    breaking.request = () => undefined
    breaking.connection = () => undefined
  }
  afterEach(mend)
  afterAll(async () => {
    await between?.close()
    await worker.close()
    await rowgate?.close()
  })

  async function untilDone(user: string, args: Record<string, unknown>): Promise<Envelope> {
    for (let tries = 1; ; tries += 1) {
      const answer = await rowgate.call(user, 'add_task', args)
      if (answer.status === 'success') return answer
      if (answer.error?.retryable !== true || tries === MAX_TRIES) throw new Error(answer.error?.message)
      await sleep((retryAfterOf(answer) ?? 0) * 1_000)
    }
  }

  async function titlesOf(user: string): Promise<string[]> {
    const titles: string[] = []
    let cursor: string | undefined
    do {
      const { data } = await rowgate.call(user, 'list_tasks', {
        limit: 100,
        ...(cursor !== undefined && { cursor }),
      })
      titles.push(...data.rows.map((row: string[]) => row[data.columns.indexOf('title')]))
      cursor = data.next_cursor
    } while (cursor !== undefined)
    return titles
  }

  /** All of `CALLS`, each until it is done; gives what a bystander's calls in between were told. */
  async function addTasks(user: string): Promise<Envelope[]> {
    const others: Envelope[] = []
    let key = 0
    await Promise.all(
      Array.from({ length: PARALLEL }, async () => {
        while (key < CALLS) {
          key += 1
          const mine = key
          await untilDone(user, { title: `task ${mine}`, idempotency_key: `${mine}` })
          others.push(await rowgate.call('bystander', 'list_tasks', { limit: 1 }))
        }
      }),
    )
    return others
  }

  async function expectEachOnce(user: string): Promise<void> {
    const titles = await titlesOf(user)
    expect(titles).toHaveLength(CALLS)
    expect(new Set(titles).size).toBe(CALLS)
  }

  test.each(way.toRequests)('that %s: every task with a key is there exactly once', async (fault) => {
    const dice = random(7)
    const share = fault.startsWith('stalls') ? STALL_SHARE : FAULT_SHARE
    breaking.request = (body) => (body.includes('insert into') && dice() < share ? fault : undefined)
    const before = between.broken()
    const others = await addTasks(`user of ${fault}`)
    mend()
    await expectEachOnce(`user of ${fault}`)
    expect(between.broken()).toBeGreaterThan(before)
    expect(others.filter(({ status }) => status === 'error')).toEqual([])
  })

  test.each(way.toConnections)('that %s: every task with a key is there exactly once', async (fault) => {
    const dice = random(7)
    const share = fault.startsWith('stalls') ? STALL_SHARE : FAULT_SHARE
    breaking.connection = () => (dice() < share ? fault : undefined)
    const before = between.broken()
    const others = await addTasks(`user of ${fault}`)
    mend()
    await expectEachOnce(`user of ${fault}`)
    expect(between.broken()).toBeGreaterThan(before)
    expectOutages(others, fault.startsWith('stalls') ? ['UNAVAILABLE', 'QUERY_TIMEOUT'] : ['UNAVAILABLE'])
  })

  test('that refuses, since nobody listens: every task with a key is there exactly once', async () => {
    let over = false
    const outages = async () => {
      while (!over) {
        await between.leave()
        await sleep(AWAY_MS)
        await between.comeBack()
        await sleep(PRESENT_MS)
      }
    }
    const [others] = await Promise.all([addTasks('user of refuses').finally(() => (over = true)), outages()])
    await expectEachOnce('user of refuses')
    expectOutages(others)
  })

  test('a read is tried again, and the caller sees nothing of it', async () => {
    let faults = 2
    breaking.request = () => (faults-- > 0 ? way.passing : undefined)
    expect((await rowgate.call('reader', 'list_tasks')).status).toBe('success')
  })

  test('a write that cannot be repeated safely is not tried again', async () => {
    const { data } = await rowgate.call('writer', 'add_task', { title: 'old' })
    const answerLost = async (tool: string, args: object) => {
      let faults = 1
      // Not to a row of the audit log, which comes after an answer.
      breaking.request = (body) =>
        !body.includes('audit_later') && faults-- > 0 ? way.answerLost : undefined
      const { error } = await rowgate.call('writer', tool, { task_id: data.id, ...args })
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
      return rowgate.call('writer', 'get_task', { task_id: data.id })
    }
    expect((await answerLost('update_task', { title: 'new' })).data.title).toBe('new')
    expect((await answerLost('delete_task', {})).error?.code).toBe('NOT_FOUND')
  })

  test('a database that is gone opens the circuit: refused at once, with the time to wait, and closed again by one success', async () => {
    await between.leave()
    let refused: Envelope | undefined
    for (let calls = 0; calls < 20 && refused === undefined; calls += 1) {
      const answer = await rowgate.call('alice', 'list_tasks')
      expect(answer.error?.code).toBe('UNAVAILABLE')
      if (retryAfterOf(answer) !== undefined) refused = answer
    }
    expect(refused?.error).toMatchObject({ retryable: true, details: { retry_after: expect.any(Number) } })
    await between.comeBack()
    expect((await rowgate.call('bob', 'list_tasks')).error).toMatchObject({ code: 'UNAVAILABLE' })
    await expect
      .poll(async () => (await rowgate.call('alice', 'list_tasks')).status, { timeout: 10_000 })
      .toBe('success')
    expect((await rowgate.call('bob', 'list_tasks')).status).toBe('success')
  })

  test('no answer in time is QUERY_TIMEOUT within the deadline, and may be tried again', async () => {
    breaking.request = () => way.stall
    const { error } = await rowgate.call('waiting', 'list_tasks')
    expect(error).toMatchObject({ code: 'QUERY_TIMEOUT', retryable: true })
  })
})

/** A fault of everybody's connections is an outage that passes, for everybody. */
function expectOutages(others: readonly Envelope[], codes = ['UNAVAILABLE']): void {
  for (const { error } of others) {
    if (error !== undefined) expect(error).toMatchObject({ code: expect.toBeOneOf(codes), retryable: true })
  }
}

/** In seconds. */
function retryAfterOf({ error }: Envelope): number | undefined {
  const details = error !== undefined && 'details' in error ? error.details : undefined
  return z.object({ retry_after: z.number() }).safeParse(details).data?.retry_after
}
