/** Constants that are written out twice are the same both times. */

import * as sdk from '@modelcontextprotocol/server'
import { expect, it } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import { SERVER_NAME, SERVER_VERSION } from '../../../src/infra/version.ts'
import * as protocol from '../../../src/mcp/protocol.ts'

it.each(Object.entries(protocol).filter(([name]) => name.endsWith('_META_KEY')))(
  '%s is the SDK’s own',
  (name, value) => {
    expect(Reflect.get(sdk, name)).toBe(value)
  },
)

it('MODERN_REVISION is the one that the SDK serves without a session', () => {
  const outcome = sdk.classifyInboundRequest({
    httpMethod: 'POST',
    protocolVersionHeader: protocol.MODERN_REVISION,
    mcpMethodHeader: 'tools/list',
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: {
        _meta: {
          [protocol.PROTOCOL_VERSION_META_KEY]: protocol.MODERN_REVISION,
          [protocol.CLIENT_INFO_META_KEY]: { name: 'test', version: '1' },
          [protocol.CLIENT_CAPABILITIES_META_KEY]: {},
        },
      },
    },
  })
  expect(outcome).toMatchObject({ kind: 'modern', classification: { revision: protocol.MODERN_REVISION } })
})

it('the server calls itself by the package’s name and version', () => {
  expect({ name: SERVER_NAME, version: SERVER_VERSION }).toEqual({
    name: manifest.name,
    version: manifest.version,
  })
})
