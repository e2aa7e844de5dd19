/** Audit rows of the owner's login, with the table that it worked on. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ORIGIN, type Rowgate, startRowgate } from '../../../../support/product/rowgate.ts'
import { letIn, startEmbedded } from '../../../../support/servers/databases.ts'

const TOOL = 'admin_database_operation'

let rowgate: Rowgate
beforeAll(async () => {
  const database = await startEmbedded()
  await database.endpoint.owner(letIn('postgres'))
  rowgate = await startRowgate({
    database: async () => database,
    env: { DATABASE_OWNER_URL: database.url('postgres') },
  })
})
afterAll(() => rowgate.close())

async function upkeep(user: string, args: Record<string, unknown>, confirmed: boolean): Promise<unknown> {
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { confirmed } }))
  const requestInit = { headers: { Authorization: `Bearer ${await rowgate.token(user)}` } }
  await client.connect(
    new StreamableHTTPClientTransport(new URL('/mcp', ORIGIN), { fetch: rowgate.fetch, requestInit }),
  )
  const { structuredContent } = await client.callTool({ name: TOOL, arguments: args })
  await client.close()
  await rowgate.settled()
  return Object(structuredContent).status
}

async function rowsOf(user: string): Promise<unknown> {
  const { rows } = await rowgate.database.endpoint.owner(
    `select outcome, targets, target_count from rowgate.audit_log where user_id = '${user}' order by seq`,
  )
  return rows
}

test('upkeep that was asked about, done, and declined: each row names the table', async () => {
  expect(await upkeep('root', { operation: 'analyze', table: 'public.tasks' }, true)).toBe('success')
  expect(await rowsOf('root')).toEqual([
    ['input_required', '{public.tasks}', '1'],
    ['success', '{public.tasks}', '1'],
  ])
  expect(await upkeep('eve', { operation: 'reindex', table: 'retail.orders' }, false)).toBe('error')
  expect(await rowsOf('eve')).toEqual([
    ['input_required', '{retail.orders}', '1'],
    ['AUTHORIZATION_ERROR', '{retail.orders}', '1'],
  ])
})

test('what somebody passes for a table is cut between characters, and has no NUL, before it is kept', async () => {
  expect(
    await upkeep(
      'mallory',
      { operation: 'vacuum', table: `x\0${'y'.repeat(197)}😀${'y'.repeat(500)}` },
      true,
    ),
  ).toBe('error')
  const { rows } = await rowgate.database.endpoint.owner(
    `select targets[1] from rowgate.audit_log where user_id = 'mallory'`,
  )
  expect(rows).toEqual([[`x\ufffd${'y'.repeat(197)}`]])
})
