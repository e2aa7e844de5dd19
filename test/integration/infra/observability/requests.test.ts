/**
 * A request in the log, the data point, the trace and the answer's own timing; and what none of them may
 * hold.
 */

import { Hono } from 'hono'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { recorder } from '../../../../src/http/request-log.ts'
import type { RequestRecord } from '../../../../src/infra/observability/request-record.ts'
import { startGateProxy } from '../../../support/faults/gate-proxy.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { startDatabase } from '../../../support/servers/databases.ts'
import { absent } from '../../../support/skip-without.ts'
import { SOON_MS } from '../../../support/timeouts.ts'

/** In every place where a request can carry something. */
const SENTINEL = 'hunter2'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`

/**
 * A task whose title asks for it fails in the database, with the row wherever Postgres can say more than its
 * message.
 */
const FAILING = `
create function fails() returns trigger language plpgsql as $$
begin
  raise exception 'a rule of the tests' using errcode = split_part(new.title, ' ', 3),
    detail = new.title, hint = new.title, column = new.title, constraint = new.title;
end $$;
create trigger fails before insert on tasks for each row when (new.title like 'fails with %') execute function fails()`

let rowgate: Rowgate
let sent: string[] = []
let lines: string[] = []
const points: { indexes: string[]; blobs: string[]; doubles: number[] }[] = []

beforeAll(async () => {
  const database = await startDatabase()
  const proxy = await startGateProxy(database.endpoint.url, (body) => {
    sent.push(body)
    return false
  })
  await database.endpoint.owner(FAILING)
  rowgate = await startRowgate({
    database: async () => ({
      ...database,
      async close() {
        await proxy.close()
        await database.close()
      },
    }),
    env: { DATABASE_FETCH_ENDPOINT: proxy.url, LOG_LEVEL: 'debug', SLOW_QUERY_MS: '0' },
    // The one binding that a test can make of nothing: the platform's own has no other method.
    bindings: { ANALYTICS: { writeDataPoint: (point: (typeof points)[0]) => points.push(point) } },
  })
})
afterAll(() => rowgate.close())
beforeEach(() => {
  sent = []
  lines = []
  points.length = 0
  for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, level).mockImplementation(
      (...said: unknown[]) => void lines.push(said.map(String).join(' ')),
    )
  }
})
afterEach(() => void vi.restoreAllMocks())

interface Post {
  readonly method?: string
  readonly name?: string
  readonly args?: Record<string, unknown>
  readonly meta?: Record<string, unknown>
  readonly params?: Record<string, unknown>
  /** Instead of the one message that the above make. */
  readonly batch?: readonly object[]
  readonly headers?: Record<string, string>
  readonly user?: string
  readonly query?: string
  readonly tenant?: string
}

async function post({
  method = 'tools/call',
  name,
  args = {},
  meta,
  params,
  batch,
  headers,
  user = 'ada',
  query = '',
  tenant = 'default',
}: Post) {
  const response = await rowgate.fetch(`http://localhost/mcp${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${await rowgate.token(user, { tenant })}`,
      ...headers,
    },
    body: JSON.stringify(
      batch ?? {
        jsonrpc: '2.0',
        id: 1,
        method,
        params: {
          ...(name !== undefined && { name, arguments: args }),
          ...(meta && { _meta: meta }),
          ...params,
        },
      },
    ),
  })
  return { response, text: await response.text() }
}

/** The lines of one event, once there are so many: they are written when the answer has gone out. */
function events(event: string, count = 1): Promise<Record<string, unknown>[]> {
  return vi.waitFor(() => {
    const found = lines.map((line) => JSON.parse(line)).filter((line) => line.event === event)
    expect(found).toHaveLength(count)
    return found
  }, SOON_MS)
}

describe('the log', () => {
  test('has one line a request, with what it did and how long it took', async () => {
    const { text } = await post({ name: 'add_task', args: { title: 'one' } })
    const [line] = await events('request')
    const [statement] = await events('query')
    expect(line).toEqual({
      request_id: expect.any(String),
      caller: expect.stringMatching(/^[0-9a-f]{16}$/),
      method: 'tools/call',
      tool: 'add_task',
      calls: 1,
      outcome: 'success',
      status: 200,
      ms: expect.any(Number),
      database_ms: expect.any(Number),
      round_trips: 1,
      rows: 1,
      database_bytes: statement?.bytes,
      bytes: text.length,
      time: expect.any(String),
      level: 'info',
      event: 'request',
    })
  })

  test('tells callers apart and not who they are; of another tenant the same name is another caller', async () => {
    for (const user of ['ada', 'ada', 'bob']) await post({ method: 'tools/list', user })
    await post({ method: 'tools/list', tenant: 'x' })
    const [first, again, bob, elsewhere] = await events('request', 4)
    expect(again?.caller).toBe(first?.caller)
    expect(new Set([first, bob, elsewhere].map((line) => line?.caller)).size).toBe(3)
  })

  const CARRIERS: [what: string, post: Post][] = [
    ['an argument that is written', { name: 'add_task', args: { title: SENTINEL, description: SENTINEL } }],
    ['rows that are read', { name: 'list_tasks' }],
    ['an argument that is wrong', { name: 'get_task', args: { task_id: SENTINEL } }],
    ['the name of an argument', { name: 'get_task', args: { [SENTINEL]: 1 } }],
    ['an id that is not there', { name: 'get_task', args: { task_id: crypto.randomUUID() }, user: SENTINEL }],
    ['SQL', { name: 'query', args: { sql: `select '${SENTINEL}' as ${SENTINEL}` } }],
    ['a parameter', { name: 'query', args: { sql: 'select $1::text', parameters: [SENTINEL] } }],
    [
      'SQL that is refused',
      { name: 'query', args: { sql: `delete from tasks where title = '${SENTINEL}'` } },
    ],
    ['SQL that fails', { name: 'query', args: { sql: `select '${SENTINEL}'::int` } }],
    ['a user name', { name: 'list_tasks', user: SENTINEL }],
    ['the name of a tool', { name: SENTINEL }],
    ['the name of a method', { method: SENTINEL }],
    ['the name of a toolset', { method: 'tools/list', query: `?toolsets=${SENTINEL}` }],
    ['a query', { method: 'tools/list', query: `?x=${SENTINEL}` }],
    ['a header', { method: 'tools/list', headers: { 'x-secret': SENTINEL, 'user-agent': SENTINEL } }],
    ['an origin', { method: 'tools/list', headers: { origin: `http://${SENTINEL}.example` } }],
    ['a token', { method: 'tools/list', headers: { authorization: `Bearer ${SENTINEL}` } }],
    ['a revision', { method: 'tools/list', headers: { 'mcp-protocol-version': SENTINEL } }],
    ['a traceparent', { method: 'tools/list', headers: { traceparent: `00-${SENTINEL}-01` } }],
    ['a trace state', { method: 'tools/list', headers: { traceparent: TRACEPARENT, tracestate: SENTINEL } }],
    ['metadata', { name: 'list_tasks', meta: { [SENTINEL]: SENTINEL } }],
    ['a progress token', { name: 'list_tasks', meta: { progressToken: SENTINEL } }],
  ]
  test.each(CARRIERS)('and the data point never tell %s', async (_, carrier) => {
    await post({ name: 'add_task', args: { title: SENTINEL }, user: carrier.user ?? 'ada' })
    await post(carrier)
    await events('request', 2)
    await Promise.resolve()
    expect(lines.join('\n')).not.toContain(SENTINEL)
    expect(JSON.stringify(points)).not.toContain(SENTINEL)
    expect(points).toHaveLength(2)
  })

  test.each([
    ['P0001', 'DATABASE_ERROR'],
    ['58030', 'UNAVAILABLE'],
    ['RG001', 'UNSAFE_DATABASE_ROLE'],
  ])(
    'tells why a tool failed, with the words of SQLSTATE %s and not the row in its details',
    async (state, code) => {
      const args = { title: `fails with ${state} ${SENTINEL}`, description: SENTINEL }
      const { text } = await post({ name: 'add_task', args })
      expect(text).toContain(code)
      expect(await events('tool_failed')).toEqual([
        expect.objectContaining({ tool: 'add_task', error: expect.stringMatching(/: a rule of the tests$/) }),
      ])
      await events('request')
      expect(lines.join('\n')).not.toContain(SENTINEL)
      expect(JSON.stringify(points)).not.toContain(SENTINEL)
    },
  )

  test('names a method only where it is one of MCP’s', async () => {
    for (const method of ['ping', 'tools/call\nforged', 'a'.repeat(10_000)]) await post({ method })
    const told = await events('request', 3)
    expect(told.map(({ method }) => method)).toEqual(['ping', 'other', 'other'])
  })

  test('warns of a slow trip with engine, tool, time, rows, bytes and fingerprint, and nothing else', async () => {
    await post({ name: 'list_tasks', args: { text: SENTINEL } })
    await post({ name: 'list_tasks', args: { text: 'another' } })
    const [one, two] = await events('slow_query', 2)
    const [request] = await events('request', 2)
    expect(one).toEqual({
      engine: 'postgres',
      tool: 'list_tasks',
      ms: request?.database_ms,
      rows: request?.rows,
      bytes: request?.database_bytes,
      fingerprints: expect.stringMatching(/^[0-9a-f]{16}$/),
      time: expect.any(String),
      level: 'warn',
      event: 'slow_query',
    })
    expect(two?.fingerprints).toBe(one?.fingerprints)
  })

  test('tells an error by its code, and a refusal by its reason', async () => {
    await post({ name: 'get_task', args: { task_id: 'x' } })
    await post({ method: 'tools/list', headers: { authorization: 'Bearer x' } })
    const told = await events('request', 2)
    expect(told.map(({ outcome, code, status }) => [outcome, code, status])).toEqual([
      ['error', 'VALIDATION_ERROR', 200],
      ['refused', expect.any(String), 401],
    ])
  })

  test('has a line and a point of a request to a foreign host, and of nothing beside /mcp', async () => {
    const foreign = (path: string) => rowgate.fetch(`http://${SENTINEL}.example${path}`, { method: 'POST' })
    expect((await foreign('/mcp')).status).toBe(421)
    expect((await foreign('/health')).status).toBe(421)
    expect((await rowgate.fetch('http://localhost/health')).status).toBe(200)
    const [line] = await events('request')
    expect(line).toMatchObject({ outcome: 'refused', code: 'http_421', status: 421 })
    expect(points.map(({ blobs, doubles }) => [blobs[3], doubles[5]])).toEqual([['http_421', 421]])
    expect(lines.join('\n')).not.toContain(SENTINEL)
  })
})

describe('an error of the protocol, though its status is 200,', () => {
  const MODERN = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const modernHeaders = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'no_such_tool',
  }
  test.each<[string, Post, number]>([
    ['a tool that is not there', { name: 'no_such_tool' }, -32602],
    [
      'a tool that is not there, in 2026',
      { name: 'no_such_tool', meta: MODERN, headers: modernHeaders },
      -32602,
    ],
    ['a tool that is not there, on a stream', { name: 'no_such_tool', meta: { progressToken: 1 } }, -32602],
    ['a method that is not there', { method: 'tools/none' }, -32601],
    ['a list’s params that are wrong', { method: 'tools/list', params: { cursor: 'x' } }, -32602],
    ['a call’s params that are wrong', { params: { name: 7 } }, -32602],
  ])('is told as refused, with its number: %s', async (_, wrong, number) => {
    const { response, text } = await post(wrong)
    expect(response.status).toBe(200)
    expect(text).toContain(`"code":${number}`)
    const [line] = await events('request')
    expect(line).toMatchObject({ outcome: 'refused', code: `rpc_${number}`, status: 200 })
    expect(points.map(({ blobs }) => blobs.slice(2, 4))).toEqual([['refused', `rpc_${number}`]])
  })

  const call = (name: string, args = {}) => ({
    jsonrpc: '2.0',
    id: crypto.randomUUID(),
    method: 'tools/call',
    params: { name, arguments: args },
  })
  const [good, unknown, failing] = [
    call('list_tasks'),
    call('no_such_tool'),
    call('get_task', { task_id: 'x' }),
  ]
  test.each([
    ['one success', [good], { outcome: 'success', calls: 1 }],
    ['a success and a refusal', [good, unknown], { outcome: 'refused', code: 'rpc_-32602', calls: 1 }],
    ['a refusal and a success', [unknown, good], { outcome: 'refused', code: 'rpc_-32602', calls: 1 }],
    ['a refusal, then an error', [unknown, failing], { outcome: 'error', code: 'VALIDATION_ERROR' }],
    ['an error, then a refusal', [failing, unknown], { outcome: 'error', code: 'VALIDATION_ERROR' }],
  ])('ranks in a batch above a success and below a tool’s error: %s', async (_, batch, told) => {
    const { response } = await post({ batch, headers: { 'mcp-protocol-version': '2025-03-26' } })
    expect(response.status).toBe(200)
    expect((await events('request'))[0]).toMatchObject({ method: 'batch', ...told })
  })
})

describe('the bytes of a request', () => {
  const streamed = { meta: { progressToken: 1 } }
  const batch = ['list_tasks', 'no_such_tool'].map((name, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: {} },
  }))
  const initialize = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1.0.0' },
  }

  test.each<[string, Post]>([
    ['a success', { name: 'list_tasks' }],
    ['a text in other letters', { name: 'add_task', args: { title: 'ÅŁ語' } }],
    ['a tool’s error', { name: 'get_task', args: { task_id: 'x' } }],
    ['a list of tools', { method: 'tools/list' }],
    ['a success on the SDK’s way', { method: 'initialize', params: initialize }],
    ['an error of the protocol', { name: 'no_such_tool' }],
    ['a stream', { name: 'list_tasks', ...streamed }],
    ['a stream that ends in an error', { name: 'get_task', args: { task_id: 'x' }, ...streamed }],
    ['a batch', { batch, headers: { 'mcp-protocol-version': '2025-03-26' } }],
  ])('are the characters of the messages that it was answered with: %s', async (_, asked) => {
    const { text } = await post(asked)
    const framed = [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => data)
    const messages = (framed.length > 0 ? framed : [text]).flatMap((json) => JSON.parse(json))
    const characters = messages.map((message) => JSON.stringify(message).length)
    const [line] = await events('request')
    expect(line?.bytes).toBe(characters.reduce((sum, length) => sum + length, 0))
    expect(points[0]?.doubles[4]).toBe(line?.bytes)
  })

  test.each<[string, Post, number]>([
    ['a token', { method: 'tools/list', headers: { authorization: 'Bearer x' } }, 401],
    ['the name of a toolset', { method: 'tools/list', query: '?toolsets=none' }, 400],
  ])('are none where it was refused for %s', async (_, asked, status) => {
    const { response } = await post(asked)
    expect(response.status).toBe(status)
    expect((await events('request'))[0]?.bytes).toBe(0)
  })
})

describe('a stream', () => {
  const streamed: Post = {
    name: 'batch_insert_users',
    args: { users: [{ name: 'Ada', email: 'ada@example.com' }] },
    meta: { progressToken: 1 },
  }

  test.skipIf(absent('directory'))('is told once, when it has ended', async () => {
    const { response } = await post({ ...streamed })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const [line] = await events('request')
    expect(line).toMatchObject({ tool: 'batch_insert_users', calls: 1, round_trips: 1 })
    await post({ method: 'tools/list' })
    await events('request', 2)
  })

  test.each(['ends', 'is left by its client'])('that %s is told once', async (end) => {
    const told: unknown[] = []
    const app = new Hono<{ Variables: { record: RequestRecord } }>()
    app.use(
      recorder({ report: (finished) => void told.push(finished), now: () => 0, environment: 'development' }),
    )
    app.get('/', (c) => {
      c.get('record').streams = true
      const ticks = new ReadableStream({
        pull(controller) {
          controller.enqueue(new TextEncoder().encode('data: 1\n\n'))
          if (end === 'ends') controller.close()
        },
      })
      return new Response(ticks, { headers: { 'content-type': 'text/event-stream' } })
    })
    const response = await app.request('/')
    const reader = response.body?.getReader()
    await reader?.read()
    if (end === 'ends') await reader?.read()
    await reader?.cancel()
    await vi.waitFor(() => expect(told).toHaveLength(1), SOON_MS)
    expect(response.headers.get('server-timing')).toBeNull()
  })
})

describe('a data point', () => {
  test('is laid out as the documented queries read it', async () => {
    await post({ name: 'add_task', args: { title: 'one' }, user: 'linus' })
    const { text } = await post({ name: 'list_tasks', user: 'linus' })
    const [, line] = await events('request', 2)
    const [, statement] = await events('query', 2)
    expect(points).toHaveLength(2)
    expect(points[1]).toEqual({
      indexes: ['list_tasks'],
      blobs: ['tools/call', 'list_tasks', 'success', '', ''],
      doubles: [line?.ms, line?.database_ms, 1, 1, text.length, 200, 1, statement?.bytes],
    })
  })
})

describe('a trace id', () => {
  const OTHER = '00-11111111111111111111111111111111-2222222222222222-00'

  test.each<[string, Post, string | undefined]>([
    ['`_meta.traceparent`', { meta: { traceparent: TRACEPARENT } }, TRACE],
    ['the header', { headers: { traceparent: TRACEPARENT } }, TRACE],
    [
      '`_meta` before the header',
      { meta: { traceparent: TRACEPARENT }, headers: { traceparent: OTHER } },
      TRACE,
    ],
    [
      'the header where `_meta` is malformed',
      { meta: { traceparent: 7 }, headers: { traceparent: TRACEPARENT } },
      TRACE,
    ],
    [
      'a later version with more',
      { headers: { traceparent: `01-${TRACE}-00f067aa0ba902b7-01-what` } },
      TRACE,
    ],
    ['no trace', {}, undefined],
    ['capitals', { headers: { traceparent: TRACEPARENT.toUpperCase() } }, undefined],
    [
      'nothing but zeros',
      { headers: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` } },
      undefined,
    ],
    ['no parent', { headers: { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` } }, undefined],
    [
      'the version that is forbidden',
      { headers: { traceparent: `ff-${TRACE}-00f067aa0ba902b7-01` } },
      undefined,
    ],
    ['a digit too few', { headers: { traceparent: TRACEPARENT.slice(0, -1) } }, undefined],
    ['the end of a comment', { meta: { traceparent: `*/ delete from tasks; /*-${TRACEPARENT}` } }, undefined],
    ['a quote in it', { meta: { traceparent: `00-${TRACE.slice(0, 31)}'-00f067aa0ba902b7-01` } }, undefined],
    ['a line after it', { meta: { traceparent: `${TRACEPARENT}\n*/` } }, undefined],
    ['a list', { meta: { traceparent: [TRACEPARENT] } }, undefined],
  ])('from %s', async (_, given, traceId) => {
    await post({ name: 'list_tasks', ...given })
    const [line] = await events('request')
    expect(line?.trace_id).toBe(traceId)
    const comments = sent
      .filter((body) => body.includes('rowgate.enter'))
      .map((body) => /\/\*.*?\*\//.exec(body)?.[0])
    expect(comments).toEqual([traceId === undefined ? undefined : `/* trace_id='${traceId}' */`])
  })
})

test('the answer tells its timing in development, and in production it does not', async () => {
  const { response } = await post({ name: 'list_tasks' })
  expect(response.headers.get('server-timing')).toMatch(/^total;dur=\d+, db;dur=\d+;desc="1 round trips"$/)
  const app = new Hono<{ Variables: { record: RequestRecord } }>()
  app.use(recorder({ report: () => undefined, now: Date.now, environment: 'production' }))
  app.get('/', (c) => c.text('ok'))
  const executed = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} }
  expect((await app.request('/', {}, {}, executed)).headers.get('server-timing')).toBeNull()
})
