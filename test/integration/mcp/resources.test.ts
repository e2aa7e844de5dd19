/** Tables and the App as MCP resources: what a caller may describe, no more, in both revisions. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ORIGIN, type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { lockOf, type RowgateOfSources, startSources, tableOf } from '../../support/product/sources.ts'

const NOTES = `
  create schema agent;
  create view agent.notes with (security_barrier) as select 1 as id, 'x' as body`
const notes = tableOf(
  'notes',
  { id: 'integer', body: 'text' },
  { comment: 'What was said', rows: 'You see the rows of your tenant.' },
)
const crm = lockOf([
  notes,
  tableOf('Odd / name', { id: 'integer' }),
  tableOf('salaries', { amount: 'integer' }, { scope: 'hr:read' }),
])
const app = lockOf([notes])

const HTML = '<!doctype html><title>Rows</title>'
const asked: string[] = []
const ASSETS = {
  fetch: async (url: string) => {
    asked.push(new URL(url).pathname)
    return new Response(HTML, { headers: { 'content-type': 'text/html' } })
  },
}

/** Bodies as they were sent: the client gives errors a code of its own. */
const heard: string[] = []

const READER = ['sql:read', 'crm:read', 'app:read']

let rowgate: RowgateOfSources
beforeAll(async () => {
  rowgate = await startSources(
    { crm: { sql: NOTES, lock: crm }, app: { sql: NOTES, lock: app } },
    { bindings: { ASSETS } },
  )
})
afterAll(() => rowgate.close())

const REVISIONS = [
  ['2026-07-28', { versionNegotiation: { mode: { pin: '2026-07-28' } } }, -32602],
  ['2025-11-25', {}, -32002],
] as const

async function connect(
  of: Rowgate,
  options: ConstructorParameters<typeof Client>[1],
  scopes: readonly string[],
  query = '',
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' }, options)
  const authorization = `Bearer ${await of.token('alice', { scopes })}`
  const url = new URL(`/mcp${query}`, ORIGIN)
  const requestInit = { headers: { authorization } }
  const fetch = async (input: string | URL, init?: RequestInit) => {
    const response = await of.fetch(input, init)
    heard.push(await response.clone().text())
    return response
  }
  await client.connect(new StreamableHTTPClientTransport(url, { fetch, requestInit }))
  return client
}

describe.each(REVISIONS)('%s', (_, options, notFound) => {
  const uris = async (scopes: readonly string[], query = '') => {
    const { resources } = await (await connect(rowgate, options, scopes, query)).listResources()
    return resources.map(({ uri }) => uri)
  }

  test('the server declares resources and the extension of Apps', async () => {
    const capabilities = (await connect(rowgate, options, READER)).getServerCapabilities()
    expect(capabilities).toMatchObject({
      resources: {},
      extensions: { 'io.modelcontextprotocol/ui': {} },
    })
  })

  test('a table that the caller may describe is listed, and is what describe_tables says of it', async () => {
    const client = await connect(rowgate, options, READER)
    const { resources } = await client.listResources()
    expect(resources).toContainEqual({
      uri: 'db://crm/notes',
      name: 'notes',
      description: 'What was said',
      mimeType: 'application/json',
    })
    const { contents } = await client.readResource({ uri: 'db://crm/notes' })
    const described = await rowgate.call(
      'alice',
      'describe_tables',
      { source: 'crm', tables: ['notes'] },
      { scopes: READER },
    )
    expect(contents).toEqual([
      { uri: 'db://crm/notes', mimeType: 'application/json', text: JSON.stringify(described.data.tables[0]) },
    ])
  })

  test('a name of any characters has a URI that reads it', async () => {
    const client = await connect(rowgate, options, READER)
    const { resources } = await client.listResources()
    const uri = resources.find(({ name }) => name.includes('Odd'))?.uri ?? ''
    expect(uri).toMatch(/^db:\/\/crm\/[^/ "]+$/)
    expect(JSON.stringify(await client.readResource({ uri }))).toContain('Odd / name')
  })

  test('a table whose scope the token lacks is neither listed nor found', async () => {
    expect(await uris(READER)).not.toContain('db://crm/salaries')
    expect(await uris([...READER, 'hr:read'])).toContain('db://crm/salaries')
    const client = await connect(rowgate, options, READER)
    await expect(client.readResource({ uri: 'db://crm/salaries' })).rejects.toMatchObject({
      data: { uri: 'db://crm/salaries' },
    })
  })

  test('the URL and the scopes narrow what is listed', async () => {
    expect(await uris(READER, '?sources=crm')).not.toContain('db://app/notes')
    expect(await uris(['sql:read', 'crm:read'])).not.toContain('db://app/notes')
    expect(await uris(READER, '?toolsets=rows')).toEqual(['ui://rowgate/result'])
    expect(await uris(['crm:read'])).toEqual(['ui://rowgate/result'])
  })

  test('the templates are those of tools that the caller may call', async () => {
    const templates = async (scopes: readonly string[]) =>
      (await (await connect(rowgate, options, scopes)).listResourceTemplates()).resourceTemplates
    expect(await templates(READER)).toMatchObject([{ uriTemplate: 'db://{source}/{table}' }])
    expect(await templates(['crm:read'])).toEqual([])
  })

  test.each([
    'db://crm/none',
    'db://hr/notes',
    'db://crm/',
    'db://crm',
    'db://crm/notes/more',
    'db://crm/%E0%A4%A',
    `db://crm/${'x'.repeat(500)}`,
    'db://__proto__/notes',
    'ui://rowgate/other',
    'file:///etc/passwd',
    'not a uri',
    '',
  ])('%j is not found', async (uri) => {
    const client = await connect(rowgate, options, READER)
    await expect(client.readResource({ uri })).rejects.toMatchObject({ data: { uri } })
    expect(JSON.parse(heard.at(-1) ?? '').error).toMatchObject({ code: notFound, data: { uri } })
  })

  test('the App is the HTML of the assets, with no network of its own', async () => {
    const client = await connect(rowgate, options, READER)
    expect(await client.readResource({ uri: 'ui://rowgate/result' })).toMatchObject({
      contents: [
        {
          uri: 'ui://rowgate/result',
          mimeType: 'text/html;profile=mcp-app',
          text: HTML,
          _meta: { ui: { prefersBorder: true } },
        },
      ],
    })
    expect(asked.at(-1)).toBe('/app/')
  })

  test('each tool that answers rows names the App, under both keys, and no other tool does', async () => {
    const { tools } = await (await connect(rowgate, options, READER)).listTools()
    const uri = 'ui://rowgate/result'
    const declared = tools.filter(({ _meta }) => _meta !== undefined)
    expect(declared.map(({ name }) => name)).toEqual(['list_tables', 'query'])
    for (const { _meta } of declared) {
      expect(_meta).toEqual({ ui: { resourceUri: uri }, 'ui/resourceUri': uri })
    }
  })
})

async function read(of: Rowgate, uri: string, scopes: readonly string[]): Promise<Response> {
  return await of.fetch(`${ORIGIN}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await of.token('alice', { scopes })}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri } }),
  })
}

test.each([
  [['crm:read'], 'sql:read'],
  [['sql:read', 'app:read'], 'crm:read'],
])('a read with %j is 403 with the scope to ask for, as the call would be', async (scopes, wanted) => {
  const response = await read(rowgate, 'db://crm/notes', scopes)
  expect(response.status).toBe(403)
  expect(response.headers.get('www-authenticate')).toContain(wanted)
})

describe('a database without a lock', () => {
  let main: Rowgate
  beforeAll(async () => {
    main = await startRowgate({ env: { AUDIT_READS: 'true', SQL_SCHEMAS: 'unlocked' } })
    await main.database.endpoint.owner(`
      create schema unlocked;
      create table unlocked.hats (id int primary key);
      grant usage on schema unlocked to "${main.database.login}";
      grant select on unlocked.hats to "${main.database.login}"`)
  })
  afterAll(() => main.close())

  test('has its tables as resources from the catalogue, and each read in the audit log', async () => {
    const client = await connect(main, {}, ['sql:read'])
    const { resources } = await client.listResources()
    expect(resources.map(({ uri }) => uri)).toEqual(['db://main/unlocked.hats'])
    const { contents } = await client.readResource({ uri: 'db://main/unlocked.hats' })
    expect(JSON.stringify(contents)).toContain('PRIMARY KEY (id)')
    await main.settled()
    const { data } = await main.call('alice', 'list_activity', {})
    expect(data.rows.map((row: unknown[]) => row[data.columns.indexOf('tool')])).toEqual([
      'describe_tables',
      'list_tables',
    ])
  })

  test('has no App where the deployment has no assets', async () => {
    const response = await read(main, 'ui://rowgate/result', ['sql:read'])
    expect(await response.json()).toMatchObject({ error: { code: -32002 } })
  })
})
