/** What is written out twice is the same both times. */

import * as sdk from '@modelcontextprotocol/server'
import { expect, it } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import { SERVER_NAME, SERVER_VERSION } from '../../../src/infra/version.ts'
import * as wire from '../../../src/mcp/protocol.ts'

it.each(Object.entries(wire).filter(([name]) => name !== 'MODERN_REVISION'))(
  '%s is the SDK’s own',
  (name, value) => {
    expect(Reflect.get(sdk, name)).toBe(value)
  },
)

it('MODERN_REVISION is the one that the SDK serves without a session', () => {
  const outcome = sdk.classifyInboundRequest({
    httpMethod: 'POST',
    protocolVersionHeader: wire.MODERN_REVISION,
    mcpMethodHeader: 'tools/list',
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/list',
      params: {
        _meta: {
          [wire.PROTOCOL_VERSION_META_KEY]: wire.MODERN_REVISION,
          [wire.CLIENT_INFO_META_KEY]: { name: 'test', version: '1' },
          [wire.CLIENT_CAPABILITIES_META_KEY]: {},
        },
      },
    },
  })
  expect(outcome).toMatchObject({ kind: 'modern', classification: { revision: wire.MODERN_REVISION } })
})

it('the server calls itself by the package’s name and version', () => {
  expect({ name: SERVER_NAME, version: SERVER_VERSION }).toEqual({
    name: manifest.name,
    version: manifest.version,
  })
})
