/**
 * MCP's constants, of every revision that is served. They are the SDK's own, repeated so that the fast path
 * does not load the SDK; a test compares the two.
 */

export const MODERN_REVISION = '2026-07-28'
export const PROTOCOL_VERSION_META_KEY = 'io.modelcontextprotocol/protocolVersion'
export const CLIENT_INFO_META_KEY = 'io.modelcontextprotocol/clientInfo'
export const CLIENT_CAPABILITIES_META_KEY = 'io.modelcontextprotocol/clientCapabilities'
export const SERVER_INFO_META_KEY = 'io.modelcontextprotocol/serverInfo'
export const LOG_LEVEL_META_KEY = 'io.modelcontextprotocol/logLevel'

/** Methods that the log may name. Any other name is the client's own text. */
export const METHODS: ReadonlySet<string> = new Set([
  'tools/list',
  'tools/call',
  'initialize',
  'ping',
  'server/discover',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
])
