/** The server's name and version in the handshake. A test compares the version to package.json's. */

export const SERVER_NAME = 'rowgate'
export const SERVER_VERSION = '0.1.0'
