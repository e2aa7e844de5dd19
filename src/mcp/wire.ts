/**
 * The wire's names that the short way needs. They are the SDK's own constants, written out so that a plain call does
 * not load the SDK; a test holds the two together.
 */

export const MODERN_REVISION = '2026-07-28'
export const PROTOCOL_VERSION_META_KEY = 'io.modelcontextprotocol/protocolVersion'
export const CLIENT_INFO_META_KEY = 'io.modelcontextprotocol/clientInfo'
export const CLIENT_CAPABILITIES_META_KEY = 'io.modelcontextprotocol/clientCapabilities'
export const SERVER_INFO_META_KEY = 'io.modelcontextprotocol/serverInfo'
export const LOG_LEVEL_META_KEY = 'io.modelcontextprotocol/logLevel'
