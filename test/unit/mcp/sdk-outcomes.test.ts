/**
 * Outcomes of errors that the SDK answers: the protocol's are refusals, but what broke on our side is an
 * error.
 */

import type { Server } from '@modelcontextprotocol/server'
import { expect, it } from 'vitest'
import { newRecord } from '../../../src/infra/observability/request-record.ts'
import { createEndpoint } from '../../../src/mcp/endpoint.ts'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { endpointParts, requestContext, SECRET } from './fixture.ts'
import { message, read } from './messages.ts'

const extension = {
  options: { capabilities: { prompts: {} } },
  extend(server: Server) {
    server.setRequestHandler('prompts/list', () => Promise.reject(new Error(SECRET)))
  },
}
const endpoint = createEndpoint(createRegistry([], new Set()), endpointParts(), extension)

it.each([
  ['prompts/list', -32603, 'error'],
  ['prompts/get', -32601, 'refused'],
] as const)('%s, answered with %i, is told as %s', async (method, code, outcome) => {
  const { request, body } = message('2025-11-25', method)
  const record = newRecord(0)
  const served = await endpoint(request, body, requestContext({ record }))
  if (!(served instanceof Response)) throw new Error('No scope was asked for')
  expect(await read(served)).toMatchObject({ status: 200, messages: [{ error: { code } }] })
  expect(record).toMatchObject({ outcome, code: `rpc_${code}` })
})
