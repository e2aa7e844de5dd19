/** Command lines of the program. */

import { beforeEach, describe, expect, test, vi } from 'vitest'
import { reportFailure } from '../../../scripts/cli/cli-error.ts'
import { devCommand, startCommand } from '../../../scripts/cli/commands/start.ts'
import { tokenCommand } from '../../../scripts/cli/commands/token.ts'
import { runProgram } from '../../../scripts/cli/program.ts'
import type { StartOptions } from '../../../scripts/local/start.ts'
import type { TokenOptions } from '../../../scripts/local/token.ts'

/** The printed error, and the exit code. */
async function failureOf(args: readonly string[]): Promise<{ said: string; code: typeof process.exitCode }> {
  const said: string[] = []
  const printed = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(`${text}`) > 0)
  const logged = vi.spyOn(console, 'error').mockImplementation((text) => void said.push(`${text}\n`))
  try {
    await runProgram(args)
    return { said: said.join(''), code: process.exitCode }
  } finally {
    printed.mockRestore()
    logged.mockRestore()
    process.exitCode = undefined
  }
}

async function started(args: readonly string[], commandOf = startCommand): Promise<StartOptions | undefined> {
  const given: StartOptions[] = []
  await commandOf(async (options) => void given.push(options)).parseAsync(args, { from: 'user' })
  return given[0]
}

async function tokenOf(args: readonly string[]): Promise<TokenOptions | undefined> {
  const given: TokenOptions[] = []
  await tokenCommand(async (options) => void given.push(options)).parseAsync(args, { from: 'user' })
  return given[0]
}

beforeEach(() => {
  vi.stubEnv('PORT', undefined)
  return () => vi.unstubAllEnvs()
})

test('rowgate start has a port, a folder and an embedded Postgres by default', async () => {
  const options = await started([])
  expect(options).toMatchObject({ port: 4747, postgresUrl: undefined, examples: false, watch: false })
  expect(options?.directory).toMatch(/\.rowgate$/)
})

test('PORT and --port say where it listens, and --port wins', async () => {
  vi.stubEnv('PORT', '9000')
  expect(await started([])).toHaveProperty('port', 9000)
  expect(await started(['--port', '9001'])).toHaveProperty('port', 9001)
})

test('rowgate dev is rowgate start that builds again', async () => {
  expect(await started(['--data', 'x'], devCommand)).toMatchObject({ directory: 'x', watch: true })
})

test.each(['', '0', '65536', '4747; ls', '-1', '1e3', ' 80'])('PORT=%j is refused', async (port) => {
  vi.stubEnv('PORT', port)
  const { said, code } = await failureOf(['start'])
  expect(said).toMatch(/^Option '--port <number>' [^\n]*'PORT'[^\n]* a number from 1 to 65535\. [^\n]+\n$/)
  expect(code).toBe(2)
})

test('a token has every scope and an hour by default', async () => {
  expect(await tokenOf(['--user', 'bob'])).toMatchObject({
    ...{ jwks: false, user: 'bob', scopes: undefined, ttlSeconds: 3600, tenant: undefined },
  })
})

test('the scopes of a token are separated by any space', async () => {
  expect(await tokenOf(['--user', 'bob', '--scopes', ' a:read  b:write '])).toHaveProperty('scopes', [
    'a:read',
    'b:write',
  ])
})

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['365d', 31_536_000],
])('a token can live for %s', async (ttl, seconds) => {
  expect(await tokenOf(['--user', 'bob', '--ttl', ttl])).toHaveProperty('ttlSeconds', seconds)
})

test('the keys that verify tokens can be had for a Worker that npm start did not start', async () => {
  expect(await tokenOf(['--jwks', '--data', 'x'])).toEqual({ jwks: true, directory: 'x' })
})

test.each([
  ['strat'],
  ['stray', 'start'],
  ['start', '--nope'],
  ['start', 'stray'],
  ['start', '--postgres'],
  ['start', '--postgres', 'mysql://root:secret@localhost/x'],
  ['start', '--postgres', 'postgres://me:secret word@local host/x'],
  ['start', '--postgres', 'postgres://me:secret@localhost/x'],
  ['start', '--postgres', 'postgres://localhost/x?user=me&password=secret'],
  ['import', 'netflix', 'a.xlsx', '--database-url', 'postgres://me:secret@localhost/x'],
  ['start', '--data', '-x'],
  ['start', '--data', ''],
  ['start', '--watch'],
  ['token'],
  ['token', 'alice'],
  ['token', '--user', ''],
  ['token', '--user', 'x'.repeat(256)],
  ['token', '--user', 'alice', '--ttl', '0s'],
  ['token', '--user', 'alice', '--ttl', '-1h'],
  ['token', '--user', 'alice', '--ttl', '1y'],
  ['token', '--user', 'alice', '--ttl', '366d'],
  ['token', '--user', 'alice', '--tenant', ''],
  ['token', '--user', 'alice', '--admin'],
  ['token', '--user', 'alice', '--scopes', 'nobody:reads'],
  ['generate', '--engine', 'oracle'],
  ['soak', '--clients', 'many'],
  ['import', 'netflix'],
  ['import', 'netflix', 'a.xlsx', 'b.xlsx'],
  ['import', 'netflix', 'a.xlsx', '--period', '2024'],
  ['import', 'netflix', 'a.xlsx', '--database-url', 'mysql://root:secret@localhost/x'],
])('rowgate %s %s %s %s %s ends with 2 and one line, which repeats no password', async (...args) => {
  const { said, code } = await failureOf(args)
  expect(said).toMatch(/^[^\n]+[.?]\n$/)
  expect(said).not.toContain('secret')
  expect(code).toBe(2)
})

test('a mistyped command or option is named, with the nearest that there is', async () => {
  expect((await failureOf(['strat'])).said).toBe(
    "Unknown command 'strat' (Did you mean start?). See `rowgate --help`.\n",
  )
  expect((await failureOf(['start', '--prot', '1'])).said).toBe(
    "Unknown option '--prot' (Did you mean --port?). See `rowgate start --help`.\n",
  )
})

test('without a command it prints the help, as an error', async () => {
  const { said, code } = await failureOf([])
  expect(said).toMatch(/^Usage: rowgate /)
  expect(code).toBe(2)
})

describe('a failure that nobody foresaw', () => {
  test.each([
    [new Error('first line\nsecond line'), 'first line'],
    [new TypeError(''), 'TypeError'],
    ['text', 'text'],
  ])('%o is one sentence, without its stack trace', (error, words) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    reportFailure('rowgate start', error)
    expect(logged.mock.calls).toEqual([
      [`\`rowgate start\` failed unexpectedly: ${words}. Set DEBUG=rowgate to see where.`],
    ])
    expect(process.exitCode).toBe(1)
    logged.mockRestore()
    process.exitCode = undefined
  })
})
