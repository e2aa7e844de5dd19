/**
 * `admin_database_operation`: off without the owner's login, confirmed each time, and no name or state of the
 * caller's making gets through.
 */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fingerprint } from '../../../src/infra/observability/query-monitor.ts'
import { type FaultProxy, type Said, startFaultProxy } from '../../support/faults/fault-proxy.ts'
import {
  type Envelope,
  type Grant,
  ORIGIN,
  type Rowgate,
  startRowgate,
} from '../../support/product/rowgate.ts'
import { databases, letIn } from '../../support/servers/databases.ts'

const TOOL = 'admin_database_operation'
const ADMIN = { scopes: ['admin'] }
const URL_OF_MCP = `${ORIGIN}/mcp`
const REVISION = '2026-07-28'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
type Result = Record<string, unknown> & { structuredContent?: Envelope; requestState?: string }

describe.each(databases)('upkeep on $engine', ({ engine, start }) => {
  let rowgate: Rowgate
  let proxy: FaultProxy
  /** Requests to the database's endpoint, and its answer in place of Postgres'. */
  const sent: string[] = []
  let said: Said | undefined
  const lines: string[] = []

  beforeAll(async () => {
    for (const level of ['info', 'warn', 'error'] as const)
      vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)))
    const database = await start()
    const login = engine === 'PostgreSQL 15' ? 'rowgate_owner' : 'postgres'
    if (login === 'postgres') await database.endpoint.owner(letIn(login))
    proxy = await startFaultProxy(database.endpoint.url, (body) => {
      sent.push(body)
      return said
    })
    rowgate = await startRowgate({
      database: async () => database,
      env: {
        ...{ DATABASE_OWNER_URL: database.url(login), DATABASE_FETCH_ENDPOINT: proxy.url },
        ...{ LOG_LEVEL: 'info', SLOW_QUERY_MS: '0' },
      },
    })
  })
  afterAll(async () => {
    await rowgate.close()
    await proxy.close()
    vi.restoreAllMocks()
  })

  /** One round as a 2026-07-28 client sends it, by hand. */
  async function round(
    user: string,
    args: object,
    more: { state?: unknown; answer?: unknown; capabilities?: object; grant?: Grant } = {},
  ): Promise<Result> {
    const response = await rowgate.fetch(URL_OF_MCP, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        Authorization: `Bearer ${await rowgate.token(user, more.grant ?? ADMIN)}`,
        ...{ 'MCP-Protocol-Version': REVISION, 'Mcp-Method': 'tools/call', 'Mcp-Name': TOOL },
      },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: {
          name: TOOL,
          arguments: args,
          ...(more.state !== undefined && { requestState: more.state }),
          ...(more.answer !== undefined && { inputResponses: { confirm: more.answer } }),
          _meta: {
            traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
            'io.modelcontextprotocol/protocolVersion': REVISION,
            'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
            'io.modelcontextprotocol/clientCapabilities': more.capabilities ?? { elicitation: { form: {} } },
          },
        },
      }),
    })
    const text = await response.text()
    const json = text.startsWith('{') ? text : (text.match(/^data: (\{.*)$/m)?.[1] ?? '{}')
    const { result, error } = JSON.parse(json)
    return result ?? { error }
  }
  const YES = { action: 'accept', content: { confirmed: true } }
  const args = (operation = 'analyze', table = 'public.tasks') => ({ operation, table })
  const asked = async (user: string, given: object = args(), grant: Grant = ADMIN) => {
    const { requestState } = await round(user, given, { grant })
    if (requestState === undefined) throw new Error('The server asked nothing.')
    return requestState
  }
  const code = (result: Result) => result.structuredContent?.error?.code

  test.each(['vacuum', 'analyze', 'reindex'])('%s runs once the user has confirmed it', async (operation) => {
    const client = new Client(
      { name: 'test', version: '1.0.0' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: REVISION } } },
    )
    const questions: unknown[] = []
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message)
      return { action: 'accept', content: { confirmed: true } }
    })
    const requestInit = { headers: { Authorization: `Bearer ${await rowgate.token('root', ADMIN)}` } }
    await client.connect(
      new StreamableHTTPClientTransport(new URL(URL_OF_MCP), { fetch: rowgate.fetch, requestInit }),
    )
    const result = await client.callTool({ name: TOOL, arguments: args(operation) })
    expect(questions).toEqual([`Run ${operation} on public.tasks now, as the owner?`])
    expect(result.structuredContent).toEqual({
      status: 'success',
      data: { operation, table: 'public.tasks', ms: expect.any(Number) },
    })
    await client.close()
  })

  test('is asked first, and does nothing when the user declines, cancels, or says anything but yes', async () => {
    for (const answer of [
      { action: 'decline' },
      { action: 'cancel' },
      { action: 'accept', content: { confirmed: false } },
      { action: 'accept', content: { confirmed: 'true' } },
      { action: 'accept' },
      undefined,
    ]) {
      const result = await round('root', args(), { state: await asked('root'), answer })
      expect.soft(code(result), JSON.stringify(answer)).toBe('AUTHORIZATION_ERROR')
    }
    // An answer to a question that was never asked is no answer.
    expect((await round('root', args(), { answer: YES })).resultType).toBe('input_required')
  })

  test('an answer counts from a client that asks, in the second round too', async () => {
    const state = await asked('root')
    const refused = await round('root', args(), { state, answer: YES, capabilities: {} })
    expect(code(refused)).toBe('CONFIRMATION_REQUIRED')
    expect((await round('root', args(), { state, answer: YES })).structuredContent?.status).toBe('success')
  })

  test('a confirmation is good once', async () => {
    const state = await asked('root')
    expect((await round('root', args(), { state, answer: YES })).structuredContent?.status).toBe('success')
    expect(code(await round('root', args(), { state, answer: YES }))).toBe('CONFLICT')
  })

  /** The answer of a confirmed call, and its line in the log. */
  async function confirmed() {
    const state = await asked('root')
    await rowgate.settled()
    sent.length = 0
    lines.length = 0
    const { structuredContent } = await round('root', args(), { state, answer: YES })
    await rowgate.settled()
    const told: Record<string, unknown>[] = lines.map((line) => JSON.parse(line))
    return { ...structuredContent, told: told.filter(({ tool }) => tool === TOOL) }
  }

  test('its statements are in the request’s line and in the trace, and slow ones are warned of', async () => {
    const { status, told } = await confirmed()
    expect(status).toBe('success')
    const slow = told.filter(({ event }) => event === 'slow_query')
    expect(slow).toHaveLength(3)
    expect(slow.at(-1)).toMatchObject({
      engine: 'postgres',
      fingerprints: await fingerprint('analyze public.tasks'),
    })
    expect(told.find(({ event }) => event === 'request')).toMatchObject({
      ...{ round_trips: 3, rows: 2, database_ms: expect.any(Number), trace_id: TRACE },
    })
    const own = sent.filter((body) => !body.includes('rowgate.audit'))
    expect(own).toHaveLength(3)
    for (const body of own) expect(body).toContain(`/* trace_id='${TRACE}' */`)
  })

  test.each([
    [404, 'DATABASE_OWNER_URL'],
    [500, 'may still be running'],
    [200, 'may still be running'],
  ])(
    'an endpoint that answers %i and no result is UNAVAILABLE, says what to look at, and is one trip',
    async (status, words) => {
      said = { status, body: 'zebra' }
      const { error, told } = await confirmed().finally(() => (said = undefined))
      expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: false })
      expect(error?.message).toContain(words)
      expect(told.find(({ event }) => event === 'request')).toMatchObject({ round_trips: 1, rows: 0 })
      expect(JSON.stringify(told)).not.toContain('zebra')
    },
  )

  test('a confirmation is for one caller, tenant, client, operation and table', async () => {
    const state = await asked('root')
    const others: Record<string, Promise<Result>> = {
      caller: round('eve', args(), { state, answer: YES }),
      tenant: round('root', args(), { state, answer: YES, grant: { ...ADMIN, tenant: 'acme' } }),
      client: round('root', args(), { state, answer: YES, grant: { ...ADMIN, client: 'other' } }),
      operation: round('root', args('reindex'), { state, answer: YES }),
      table: round('root', args('analyze', 'netflix.movie'), { state, answer: YES }),
    }
    for (const [what, result] of Object.entries(others))
      expect.soft(code(await result), what).toBe('AUTHORIZATION_ERROR')
    expect((await round('root', args(), { state, answer: YES })).structuredContent?.status).toBe('success')
  })

  test('a confirmation that was changed, made up or is over is refused', async () => {
    const state = await asked('root')
    const [version = '', body = '', mac = ''] = state.split('.')
    const content = JSON.parse(Buffer.from(body, 'base64url').toString())
    const later = Buffer.from(JSON.stringify({ ...content, exp: content.exp + 3_600 })).toString('base64url')
    const forged = {
      empty: '',
      words: 'yes',
      'a later expiry': `${version}.${later}.${mac}`,
      'no mac': `${version}.${body}.`,
      'a mac cut short': `${version}.${body}.${mac.slice(0, -2)}`,
      'another mac': `${version}.${body}.${(await asked('root')).split('.')[2]}`,
    }
    for (const [form, text] of Object.entries(forged)) {
      const result = await round('root', args(), { state: text, answer: YES })
      expect.soft(result.structuredContent?.status, form).not.toBe('success')
    }
    const realNow = Date.now
    Date.now = () => realNow() + 301_000
    try {
      expect(code(await round('root', args(), { state, answer: YES }))).toBe('AUTHORIZATION_ERROR')
    } finally {
      Date.now = realNow
    }
  })

  test.each([
    'tasks',
    'public.tasks; drop table tasks',
    'public.tasks"',
    'public."tasks"',
    'public.tasks, public.tasks',
    'Public.Tasks',
    '',
    '.',
    'public.tasks--',
  ])('a table called %j is no table', async (table) => {
    expect(code(await round('root', args('vacuum', table)))).toBe('VALIDATION_ERROR')
  })

  test.each([
    'pg_catalog.pg_class',
    'information_schema.sql_features',
    'public.no_such',
    'public.tasks_newest',
    'drizzle.x',
  ])('%s is not one of our tables, confirmed or not', async (table) => {
    const state = await asked('root', args('vacuum', table))
    expect(code(await round('root', args('vacuum', table), { state, answer: YES }))).toBe('NOT_FOUND')
  })

  test('a question to the user is in the audit log, and no failure there', async () => {
    await round('asker', args())
    await rowgate.settled()
    const outcomes = async (filter: Record<string, unknown>) => {
      const { data } = await rowgate.call('asker', 'list_activity', filter, { scopes: ['activity:read'] })
      return data.rows.map((row: unknown[]) => row[data.columns.indexOf('outcome')])
    }
    expect(await outcomes({ tool: TOOL })).toEqual(['input_required'])
    expect(await outcomes({ tool: TOOL, outcome: 'error' })).toEqual([])
  })

  test('a client that cannot ask its user is told what to do instead', async () => {
    const silent = await round('root', args(), { capabilities: {} })
    expect(code(silent)).toBe('CONFIRMATION_REQUIRED')
    expect(silent.structuredContent?.error?.message).toContain('elicitation')
    const old = await rowgate.call('root', TOOL, args(), ADMIN)
    expect(old.error).toEqual(silent.structuredContent?.error)
  })

  test('is listed for the scope admin only', async () => {
    const listed = async (grant: Grant) => {
      const { tools } = await (await rowgate.client('ann', grant)).listTools()
      return tools.map(({ name }) => name)
    }
    expect(await listed(ADMIN)).toEqual([TOOL])
    expect(await listed({ scopes: ['tasks:read', 'system:read', 'audit:read'] })).not.toContain(TOOL)
  })
})

test("without DATABASE_OWNER_URL the tool is not there, whatever the token's scopes", async () => {
  const rowgate = await startRowgate()
  const client = await rowgate.client('root', ADMIN)
  expect((await client.listTools()).tools).toEqual([])
  await expect(client.callTool({ name: TOOL, arguments: {} })).rejects.toThrow('Unknown tool')
  await rowgate.close()
})
