/** `rowgate` as it is started: on the machine's own Node, by npx, from any folder. */

import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROJECT } from '../../support/product/project-copy.ts'
import { absent } from '../../support/skip-without.ts'

const execute = promisify(execFile)
const LAUNCHER = join(PROJECT, 'scripts/cli/rowgate.js')
const COMMANDS = [
  ...['start', 'dev', 'token', 'as <user> <what> <text> [arguments]'],
  ...['init [url]', 'plan [url]', 'up [url]', 'down [url]', 'sync [url]', 'check [url]'],
  ...['migrate', 'audit verify', 'generate'],
  ...(absent('netflix') ? [] : ['import netflix <file>']),
  ...(absent('retail') ? [] : ['embed']),
  ...['bench', 'soak', 'faults'],
]

/** A Node 20 of the machine's own, where there is one. */
const node20 = ['/usr/local/bin/node', '/usr/bin/node'].find(
  (path) => existsSync(path) && execFileSync(path, ['--version']).toString().startsWith('v20.'),
)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rowgate-launcher-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('npx rowgate --help in a clone lists every command with one line', async () => {
  const { stdout } = await execute('npx', ['rowgate', '--help'], { cwd: PROJECT })
  const lines = stdout.split('\n').filter((line) => /^ {2}[a-z]/.test(line))
  expect(lines.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(COMMANDS)
  for (const line of lines) expect(line).toMatch(/^ {2}[a-z <>[\]]+ {2,}[A-Z].{10,}$/)
})

describe.skipIf(node20 === undefined)('on Node 20', () => {
  const run = (...args: string[]) =>
    execute(node20 ?? '', [LAUNCHER, ...args], { cwd: folder, env: { PATH: '/usr/bin:/bin' } })

  test('a command runs on the Node that the project pins, and its output is only its own', async () => {
    const { stdout, stderr } = await run('token', '--user', 'carol', '--data', 'keys')
    expect(stderr).toBe('')
    expect(decodeJwt(stdout.trim())).toHaveProperty('sub', 'carol')
  })

  test.each([
    [['token'], 2],
    [['migrate'], 1],
  ])('%j ends with the exit code %i of the command', async (args, code) => {
    await expect(run(...args)).rejects.toMatchObject({ code, stdout: '' })
  })
})
