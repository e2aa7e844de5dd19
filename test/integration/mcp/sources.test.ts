/** Several databases behind one endpoint: each call reaches the one it names, as a caller of that one. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockOf, type RowgateOfSources, startSources, tableOf } from '../../support/product/sources.ts'

let rowgate: RowgateOfSources

const NOTES = (text: string) => `
  create schema agent;
  create table public.notes (id int primary key, tenant text not null, body text not null);
  insert into public.notes values (1, 'acme', '${text} of acme'), (2, 'globex', '${text} of globex');
  create view agent.notes with (security_barrier) as
    select id, body from public.notes where tenant = (select rowgate.tenant_id());`

const lock = lockOf([tableOf('notes', { id: 'integer', body: 'text' })])
const SQL = 'select body from notes order by id'
const BOTH = ['sql:read', 'crm:read', 'app:read', 'activity:read', 'system:health', 'system:read']

beforeAll(async () => {
  rowgate = await startSources(
    { crm: { sql: NOTES('a customer'), lock }, app: { sql: NOTES('an issue'), lock, audit: true } },
    { env: { AUDIT_READS: 'true' } },
  )
})
afterAll(() => rowgate.close())

const grant = { tenant: 'acme', scopes: BOTH }

describe('query', () => {
  test.each([
    ['crm', 'a customer of acme'],
    ['app', 'an issue of acme'],
  ])('reads %s where the call names it, as its tenant there', async (source, body) => {
    const { data } = await rowgate.call('alice', 'query', { source, sql: SQL }, grant)
    expect(data?.rows).toEqual([[body]])
  })

  test.each([
    [undefined, 'got nothing'],
    ['hr', 'got a string of 2 characters'],
    [7, 'got a number'],
  ])('asks for a source where the call names %s', async (source, got) => {
    const { error } = await rowgate.call('alice', 'query', { source, sql: SQL }, grant)
    expect(error).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: `Wrong arguments. \`source\`: must be one of crm, app; ${got}.`,
    })
  })

  test('needs no source of a caller who may use one', async () => {
    const scopes = ['sql:read', 'app:read']
    const { data } = await rowgate.call('alice', 'query', { sql: SQL }, { ...grant, scopes })
    expect(data?.rows).toEqual([['an issue of acme']])
  })
})

async function post(body: object, headers: Record<string, string>, scopes = BOTH, url = '/mcp') {
  const token = await rowgate.token('alice', { tenant: 'acme', scopes })
  return await rowgate.fetch(`http://localhost${url}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
  })
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

async function callModern(source: string, mirror: Record<string, string>) {
  const params = { _meta: META, name: 'query', arguments: { source, sql: SQL } }
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'query' }
  const response = await post({ method: 'tools/call', params }, { ...headers, ...mirror })
  return { status: response.status, body: await response.json() }
}

describe('the header that repeats the source', () => {
  test('is taken where it says what the body says', async () => {
    const { body } = await callModern('crm', { 'mcp-param-source': 'crm' })
    expect(body).toMatchObject({
      result: { structuredContent: { data: { rows: [['a customer of acme']] } } },
    })
  })

  test.each([{}, { 'mcp-param-source': 'app' }])('is refused where it is %o', async (mirror) => {
    const { status, body } = await callModern('crm', mirror)
    expect([status, body]).toMatchObject([400, { error: { code: -32020 } }])
  })
})

async function listed(scopes: readonly string[], url = '/mcp') {
  const response = await post({ method: 'tools/list' }, {}, [...scopes], url)
  const { result } = await response.json()
  return new Map<string, { inputSchema: { properties: Record<string, unknown> } }>(
    result.tools.map((tool: { name: string }) => [tool.name, tool]),
  )
}

describe('tools/list', () => {
  test('has the sources that the caller may use', async () => {
    const tools = await listed(BOTH)
    expect(tools.get('query')?.inputSchema.properties.source).toEqual({
      type: 'string',
      enum: ['crm', 'app'],
      description: 'The database',
      'x-mcp-header': 'Source',
    })
  })

  test.each([
    [['sql:read', 'app:read'], '/mcp'],
    [BOTH, '/mcp?sources=app'],
  ])('has no argument of a caller with one: %s under %s', async (scopes, url) => {
    expect((await listed(scopes, url)).get('query')?.inputSchema.properties).not.toHaveProperty('source')
  })

  test('has no tool on a source of a caller who may use none', async () => {
    expect((await listed(['sql:read'])).size).toBe(0)
  })
})

describe('a source whose scope the token lacks', () => {
  test.each([
    [['sql:read', 'app:read'], '/mcp', 'crm:read'],
    [['sql:read'], '/mcp', 'crm:read'],
  ])('is 403 with the scope to ask for: %s', async (scopes, url, wanted) => {
    const params = { name: 'query', arguments: { source: 'crm', sql: SQL } }
    const response = await post({ method: 'tools/call', params }, {}, scopes, url)
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain(wanted)
  })

  test('does not exist under a URL that leaves it out', async () => {
    const params = { name: 'query', arguments: { source: 'crm', sql: SQL } }
    const response = await post({ method: 'tools/call', params }, {}, BOTH, '/mcp?sources=app')
    expect(await response.json()).toMatchObject({
      result: { structuredContent: { error: { code: 'VALIDATION_ERROR' } } },
    })
  })

  test('is refused by name in the URL where there is none', async () => {
    const response = await post({ method: 'tools/list' }, {}, BOTH, '/mcp?sources=hr')
    expect(await response.json()).toMatchObject({
      error: { message: 'Unknown source `hr`. Known: crm, app.' },
    })
  })
})

test('each source keeps the rows of its own calls, and those of no source go where `audit` says', async () => {
  const who = { tenant: 'globex', scopes: BOTH }
  await rowgate.call('carol', 'query', { source: 'crm', sql: SQL }, who)
  await rowgate.call('carol', 'query', { source: 'app', sql: SQL }, who)
  await rowgate.call('carol', 'query', { source: 'none', sql: SQL }, who)
  await rowgate.settled()
  const rows = async (name: string) => {
    const { rows: found = [] } =
      (await rowgate.databases[name]?.endpoint.owner(
        "select tool, outcome from rowgate.audit_log where user_id = 'carol' order by seq",
      )) ?? {}
    return found
  }
  expect(await rows('crm')).toEqual([['query', 'success']])
  expect(await rows('app')).toEqual([
    ['query', 'success'],
    ['query', 'VALIDATION_ERROR'],
  ])
})
