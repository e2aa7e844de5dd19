/** What the server calls itself in the handshake; the version is package.json's, and a test holds them together. */

export const SERVER_NAME = 'rowgate'
export const SERVER_VERSION = '0.1.0'
