/** Real clients, each with its own idea of the protocol, against the built Worker in workerd. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { MCPServerStreamableHttp } from '@openai/agents-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type RowgateServer, startServer } from '../../support/product/server.ts'

const INFO = { name: 'test', version: '1.0.0' }

let server: RowgateServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

/** Common to clients of both generations. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string; outputSchema?: unknown }[] }>
  getInstructions(): string | undefined
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}

async function init(user: string) {
  return { requestInit: { headers: { Authorization: `Bearer ${await server.rowgate.token(user)}` } } }
}

function newClient(options: ConstructorParameters<typeof Client>[1]) {
  return async (user: string): Promise<AnyClient> => {
    const client = new Client(INFO, options)
    await client.connect(new StreamableHTTPClientTransport(server.url, await init(user)))
    return client
  }
}

async function oldClient(user: string): Promise<AnyClient> {
  const client = new OldClient(INFO)
  // Its declarations were not written for exactOptionalPropertyTypes; the class is the interface's own
  // implementation.
  await client.connect(new OldTransport(server.url, await init(user)) as Transport)
  return client
}

const CLIENTS: readonly (readonly [string, (user: string) => Promise<AnyClient>])[] = [
  ['client 2.x, 2026-07-28', newClient({ versionNegotiation: { mode: { pin: '2026-07-28' } } })],
  ['client 2.x, left to find out', newClient({ versionNegotiation: { mode: 'auto' } })],
  ['client 2.x, 2025-11-25', newClient({})],
  ['client 2.x, 2025-06-18', newClient({ supportedProtocolVersions: ['2025-06-18'] })],
  ['client 2.x, 2025-03-26', newClient({ supportedProtocolVersions: ['2025-03-26'] })],
  ['sdk 1.x, its latest', oldClient],
]

const answer = z.object({ structuredContent: z.object({ status: z.string(), data: z.looseObject({}) }) })

describe.each(CLIENTS)('%s', (name, connect) => {
  // A user of its own for each, so that nobody sees what another client left.
  const user = name.replaceAll(/\W+/g, '-')
  let client: AnyClient
  beforeAll(async () => {
    client = await connect(user)
  })
  afterAll(() => client.close())

  async function call(tool: string, args: Record<string, unknown> = {}) {
    return answer.parse(await client.callTool({ name: tool, arguments: args })).structuredContent
  }

  test('lists the tasks tools, in the order of their table, each with an output schema', async () => {
    const { tools } = await client.listTools()
    const tasks = ['add_task', 'list_tasks', 'get_task', 'update_task', 'complete_task', 'delete_task']
    expect(tools.map((tool) => tool.name).filter((tool) => tasks.includes(tool))).toEqual(tasks)
    expect(tools.every(({ outputSchema }) => outputSchema !== undefined)).toBe(true)
  })

  test('is told once what all tools have in common, in few words', () => {
    const told = client.getInstructions() ?? ''
    expect(told).toMatch(/status: "error".*columns, rows.*NOT_FOUND/s)
    expect(told.length).toBeLessThan(600)
  })

  test('adds, lists and deletes a task, its own validator content with what came back', async () => {
    // Once a client has listed the tools it holds every structured answer to the tool's output schema.
    await client.listTools()
    const { data: task } = await call('add_task', { title: 'call home' })
    expect(await call('list_tasks')).toMatchObject({ data: { row_count: 1, truncated: false } })
    expect(await call('delete_task', { task_id: task.id })).toMatchObject({ status: 'success' })
  })

  test('asks the database once for a list of tasks', async () => {
    const { endpoint } = server.rowgate.database
    const before = endpoint.requests()
    await call('list_tasks')
    expect(endpoint.requests() - before).toBe(1)
  })

  test('is told what to repair when the arguments are wrong', async () => {
    const result = await client.callTool({ name: 'add_task', arguments: { title: '' } })
    expect(result).toMatchObject({
      isError: true,
      structuredContent: { error: { code: 'VALIDATION_ERROR' } },
    })
  })
})

describe("the OpenAI Agents SDK's own connection, its tool list cached", () => {
  let agents: MCPServerStreamableHttp
  beforeAll(async () => {
    const { requestInit } = await init('agent')
    agents = new MCPServerStreamableHttp({
      url: server.url.href,
      requestInit,
      cacheToolsList: true,
      name: 'rowgate',
    })
    await agents.connect()
  })
  afterAll(() => agents.close())

  test('lists the tools once and calls them', async () => {
    const tools = await agents.listTools()
    expect(tools.map(({ name }) => name)).toContain('add_task')
    expect(await agents.listTools()).toEqual(tools)
    const content = await agents.callTool('add_task', { title: 'buy groceries' })
    expect(content).toMatchObject([{ type: 'text', text: expect.stringContaining('buy groceries') }])
    expect(await agents.callTool('list_tasks', {})).toMatchObject([
      { type: 'text', text: expect.stringContaining('"row_count":1') },
    ])
  })
})
