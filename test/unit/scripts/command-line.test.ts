/** What the scripts make of their command lines. */

import { expect, test } from 'vitest'
import { Refusal } from '../../../scripts/cli/cli-error.ts'
import { readStartOptions } from '../../../scripts/cli/options.ts'
import { readTokenOptions } from '../../../scripts/local/token-options.ts'

const SCOPES = ['tasks:read', 'tasks:write']

/** The one sentence that a person reads. */
function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return 'accepted'
}

test('npm start has a port, a folder and an embedded Postgres by default', () => {
  expect(readStartOptions([])).toMatchObject({ port: 8787, postgresUrl: undefined, watch: false })
  expect(readStartOptions([]).directory).toMatch(/\.rowgate$/)
  expect(readStartOptions(['--watch', '--data', 'x'], '9000')).toMatchObject({
    port: 9000,
    directory: 'x',
    watch: true,
  })
})

test.each(['', '0', '65536', '8787; ls', '-1', '1e3', ' 80'])('PORT=%j is refused', (port) => {
  expect(refusal(() => readStartOptions([], port))).toMatch(/^PORT [^\n]+\.$/)
})

test.each([
  ['--nope'],
  ['stray'],
  ['--postgres'],
  ['--postgres', 'mysql://root@localhost/x'],
  ['--postgres', 'postgres://me:pass word@local host/x'],
  ['--data', '-x'],
])('npm start %s %s is refused with one sentence', (...args) => {
  expect(refusal(() => readStartOptions(args))).toMatch(/^(?!accepted)[^\n]+$/)
})

test('a token has every scope and an hour by default', () => {
  expect(readTokenOptions(['--user', 'bob'], SCOPES)).toMatchObject({
    user: 'bob',
    scopes: SCOPES,
    ttlSeconds: 3600,
    tenant: undefined,
  })
})

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['365d', 31_536_000],
])('a token can live for %s', (ttl, seconds) => {
  expect(readTokenOptions(['--user', 'bob', '--ttl', ttl], SCOPES)).toHaveProperty('ttlSeconds', seconds)
})

test('the keys that tokens are verified with can be asked for, for a Worker that npm start did not start', () => {
  expect(readTokenOptions(['--jwks', '--data', 'x'], SCOPES)).toEqual({ jwks: true, directory: 'x' })
})

test.each([
  [[]],
  [['alice']],
  [['--user', '']],
  [['--user', 'x'.repeat(256)]],
  [['--user', 'alice', '--scopes', 'tasks:read tasks:rule']],
  [['--user', 'alice', '--ttl', '0s']],
  [['--user', 'alice', '--ttl', '-1h']],
  [['--user', 'alice', '--ttl', '1y']],
  [['--user', 'alice', '--ttl', '366d']],
  [['--user', 'alice', '--tenant', '']],
  [['--user', 'alice', '--admin']],
])('npm run token with %j is refused with one sentence', (args) => {
  expect(refusal(() => readTokenOptions(args, SCOPES))).toMatch(/^(?!accepted)[^\n]+$/)
})
